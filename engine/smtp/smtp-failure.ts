import type { SmtpTrouble } from './send-result.ts';

/** A connection that could not be made ready for a message. */
export class SmtpFailure extends Error {
  readonly trouble: SmtpTrouble;
  /** The connection ended without the server having shown that it is closed. */
  readonly lingering: boolean;
  constructor(trouble: SmtpTrouble, lingering = false) {
    super(`SMTP failed at ${trouble.phase}`, { cause: trouble.error });
    this.name = 'SmtpFailure';
    this.trouble = trouble;
    this.lingering = lingering;
  }
}
