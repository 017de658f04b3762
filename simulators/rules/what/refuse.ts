import * as v from 'valibot';
import type { Fault } from './fault.ts';

/**
 * The connection is refused: a client sees ECONNREFUSED in memory, and a reset over TCP, where the handshake is over
 * before a server is asked.
 */
export const refuse = {
  kind: 'refuse',
  phases: ['connect'],
  usualPhase: 'connect',
  schema: v.strictObject({ kind: v.literal('refuse') }),
} satisfies Fault;
