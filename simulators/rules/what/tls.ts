import * as v from 'valibot';
import type { Fault } from './fault.ts';

/**
 * The handshake goes wrong: a certificate a client must not take (`expired`, `wrong-name`), a handshake that never
 * ends (`stall`), or a server that declines (`refuse`).
 */
export const tls = {
  kind: 'tls',
  phases: ['tls'],
  usualPhase: 'tls',
  schema: v.strictObject({
    kind: v.literal('tls'),
    fault: v.picklist(['expired', 'wrong-name', 'stall', 'refuse']),
  }),
} satisfies Fault;
