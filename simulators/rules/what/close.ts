import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { everyPhase } from './phases.ts';

/**
 * The connection is closed cleanly where an answer was due: a client sees the end of the stream.
 */
export const close = {
  kind: 'close',
  phases: everyPhase,
  usualPhase: 'command',
  schema: v.strictObject({ kind: v.literal('close') }),
} satisfies Fault;
