import type { SmtpTrouble } from './send-result.ts';

/** A connection that could not be made ready for a message. */
export class SmtpFailure extends Error {
  readonly trouble: SmtpTrouble;
  constructor(trouble: SmtpTrouble) {
    super(`SMTP failed at ${trouble.phase}`, { cause: trouble.error });
    this.name = 'SmtpFailure';
    this.trouble = trouble;
  }
}
