import { CommanderError } from 'commander';

/** Exit code of a mistake in what was typed, or in a file that was given. */
export const usageError = 2;
/** Exit code of a fault of mailclock itself. */
const ownFault = 6;

/** Help asked for is no mistake; everything else commander finds is one, and so is bad input. */
export function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return code === 'bad-input' ? usageError : ownFault;
}
