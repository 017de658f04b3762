/**
 * What kind of trouble a failure is; the class alone decides what happens next.
 *
 * transient          try again later; ten in a row become permanent
 * throttled          the provider asked us to slow down, with or without a time; never counts as a failure
 * auth-dead          the credential is refused for good: the workload is disabled at once
 * auth-maybe         an authentication failure that may pass (Exchange, Gmail say "bad password" when throttled)
 * item-permanent     this one message or recipient can never work; the others go on
 * mailbox-permanent  the mailbox can never work as it is (disabled, not licensed)
 * config             the settings cannot work (no TLS offered, certificate refused, wrong host)
 */
export type ErrorClass =
  | 'transient'
  | 'throttled'
  | 'auth-dead'
  | 'auth-maybe'
  | 'item-permanent'
  | 'mailbox-permanent'
  | 'config';

export interface ClassifiedError {
  readonly class: ErrorClass;
  /** Stable, kebab-case: `pop3-in-use`, `connection-lost`, `smtp-quota`. */
  readonly code: string;
  /** What the server or the network said, redacted, at most 500 characters. */
  readonly text: string;
  /** The provider's own wait, when it told one. */
  readonly retryAfterMs?: number | undefined;
  /** Where in the exchange: `connect`, `tls`, `greeting`, `auth`, `uidl`, `retr`, `mail`, `rcpt`, `data`, `final-dot`, … */
  readonly phase: string;
}
