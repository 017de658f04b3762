import type { TokenSource } from '../oauth/token-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { Random } from '../ports/random.ts';

/** What requests of all mailboxes share. */
export interface GraphSurroundings {
  readonly connector: Pick<Connector, 'fetch'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'float'>;
  readonly tokens: TokenSource;
}
