import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { everyPhase } from './phases.ts';

/**
 * The peer vanishes. Nothing arrives in either direction from here on and nobody is told: a client sees silence, and
 * its own writes seem to work. Over TCP the server only stops reading.
 */
export const halfOpen = {
  kind: 'half-open',
  phases: everyPhase,
  usualPhase: 'command',
  schema: v.strictObject({ kind: v.literal('half-open') }),
} satisfies Fault;
