import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { timeMs } from './fields.ts';
import { everyPhase } from './phases.ts';

const delayMs = v.union([
  timeMs,
  v.strictObject({ fromMs: timeMs, toMs: timeMs }),
  v.strictObject({ p50Ms: timeMs, p99Ms: timeMs }),
]);

/**
 * The server (at `connect`, the network) waits before it goes on. A client sees a slow answer, and a time-out when the
 * wait is longer than its patience. Several delays at one site add up.
 */
export const delay = {
  kind: 'delay',
  phases: everyPhase,
  usualPhase: 'command',
  schema: v.strictObject({ kind: v.literal('delay'), delayMs }),
} satisfies Fault;
