import type { Performer } from './operation-performer.ts';

/** The engine's process will die at a commit. */
export const killAtCommit: Performer<'kill-at-commit'> = async (operation, { host, commits }) => {
  host.downMs = operation.downMs;
  commits.dieAt(operation.nth, operation.when);
};
