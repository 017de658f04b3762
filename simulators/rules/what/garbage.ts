import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { line } from './fields.ts';

/**
 * A line that belongs to nothing precedes the reply.
 */
export const garbage = {
  kind: 'garbage',
  phases: ['banner', 'reply', 'body'],
  usualPhase: 'reply',
  schema: v.strictObject({ kind: v.literal('garbage'), text: line }),
} satisfies Fault;
