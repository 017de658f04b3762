import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { everyPhase } from './phases.ts';

/**
 * The system under test dies at this very point of the conversation. Only a world can do that.
 */
export const kill = {
  kind: 'kill',
  phases: everyPhase,
  usualPhase: 'command',
  schema: v.strictObject({ kind: v.literal('kill') }),
} satisfies Fault;
