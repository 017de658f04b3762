import { EngineError } from '../errors/engine-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { Random } from '../ports/random.ts';
import type { GraphAccess } from './graph-access.ts';

/** Opens an engine's way to Microsoft Graph. */
export function openGraphAccess(_through: {
  readonly connector: Connector;
  readonly clock: Clock;
  readonly random: Random;
}): GraphAccess {
  return {
    client: ({ profile }) => {
      throw new EngineError(
        'graph-unserved',
        `Profile ${profile.id}: Microsoft Graph cannot be reached yet.`,
      );
    },
  };
}
