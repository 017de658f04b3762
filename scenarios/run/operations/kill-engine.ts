import type { Performer } from './operation-performer.ts';

/** The engine's process dies, and the machine starts it again after a while. */
export const killEngine: Performer<'kill-engine'> = async (operation, { host }) => {
  host.downMs = operation.downMs;
  host.kill();
};
