import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { everyPhase } from './phases.ts';

/**
 * The connection is reset: a client sees ECONNRESET, possibly before bytes that were sent earlier.
 */
export const reset = {
  kind: 'reset',
  phases: everyPhase,
  usualPhase: 'command',
  schema: v.strictObject({ kind: v.literal('reset') }),
} satisfies Fault;
