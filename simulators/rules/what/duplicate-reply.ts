import * as v from 'valibot';
import type { Fault } from './fault.ts';

/**
 * The reply is sent twice: a client that does not pair replies with commands takes the second for the next answer.
 */
export const duplicateReply = {
  kind: 'duplicate-reply',
  phases: ['reply', 'body'],
  usualPhase: 'reply',
  schema: v.strictObject({ kind: v.literal('duplicate-reply') }),
} satisfies Fault;
