import type { Clock } from './clock/clock.ts';
import type { Entropy } from './entropy/entropy.ts';
import type { Limits } from './limits/limiter.ts';
import type { MailHost } from './mailbox/mail-host.ts';
import type { ProviderProfile } from './profiles/profile.ts';
import type { RuleBook } from './rules/rule.ts';
import type { Trace } from './trace/event.ts';

/** Everything a protocol server needs of the world around it; the same over memory, TCP and TLS. */
export interface ServerContext {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly trace: Trace;
  readonly rules: RuleBook;
  readonly limits: Limits;
  readonly mail: MailHost;
  readonly profile: ProviderProfile;
  /** Ends the system under test, where there is a way (rule action `kill`). */
  readonly kill?: (() => void) | undefined;
}
