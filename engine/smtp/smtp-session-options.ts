import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { ServerLocation } from '../records/email-server-profile.ts';
import type { CredentialRef } from '../records/mailbox.ts';
import type { SmtpTimeouts } from './smtp-timeouts.ts';

/** What one connection to a submission server needs. */
export interface SmtpSessionOptions {
  readonly server: ServerLocation;
  readonly credential: CredentialRef;
  readonly secret: string;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeouts: SmtpTimeouts;
}
