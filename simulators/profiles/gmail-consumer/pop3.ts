/** POP3 of personal Gmail: the same servers as those for organizations. */
export { pop3 } from '../gmail-workspace/pop3.ts';
