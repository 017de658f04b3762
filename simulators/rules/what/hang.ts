import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { everyPhase } from './phases.ts';

/**
 * Nothing more is said, and the connection stays open: a client sees silence until its own time-out.
 */
export const hang = {
  kind: 'hang',
  phases: everyPhase,
  usualPhase: 'command',
  schema: v.strictObject({ kind: v.literal('hang') }),
} satisfies Fault;
