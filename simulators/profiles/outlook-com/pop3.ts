/** POP3 of Outlook.com: the front ends of Exchange Online. */
export { pop3 } from '../exchange-online/pop3.ts';
