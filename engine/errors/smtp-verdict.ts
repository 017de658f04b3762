import type { ErrorClass } from './error-class.ts';

/**
 * Whom a refusal is about: the `service` (server, account, connection: other messages would fare the same), this
 * `message`, or one `recipient`.
 */
export type SmtpScope = 'service' | 'message' | 'recipient';

/** What a reply means. */
export interface SmtpVerdict {
  readonly class: ErrorClass;
  readonly code: string;
  readonly scope: SmtpScope;
}
