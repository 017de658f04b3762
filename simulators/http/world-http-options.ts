import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { LinkOptions } from '../network/world-network.ts';
import type { RuleBook } from '../rules/rule.ts';
import type { Trace } from '../trace/event.ts';

/** What the web of a world is made of. */
export interface WorldHttpOptions {
  readonly clock: VirtualClock;
  readonly entropy: Entropy;
  readonly rules: RuleBook;
  readonly trace: Trace;
  /** The link to hosts that have none of their own. */
  readonly link: LinkOptions;
}
