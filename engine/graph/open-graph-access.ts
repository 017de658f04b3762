import type { TokenSource } from '../oauth/token-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { Random } from '../ports/random.ts';
import { createGraphAccess } from './create-graph-access.ts';
import type { GraphAccess } from './graph-access.ts';

/** Opens an engine's way to Microsoft Graph, with the tokens of the engine. */
export function openGraphAccess(through: {
  readonly connector: Connector;
  readonly clock: Clock;
  readonly random: Random;
  readonly tokens: TokenSource;
}): GraphAccess {
  return createGraphAccess(through);
}
