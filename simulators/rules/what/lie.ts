import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { line } from './fields.ts';

/**
 * A number the server reports is wrong by `delta`; `field` is its name in the protocol (STAT, LIST, SIZE, EXISTS,
 * OCTETS); over IMAP also UIDs and dates (INTERNALDATE, by seconds). The data itself is right.
 */
export const lie = {
  kind: 'lie',
  phases: ['command', 'reply', 'body'],
  notOver: ['smtp'],
  usualPhase: 'reply',
  schema: v.strictObject({ kind: v.literal('lie'), field: line, delta: v.pipe(v.number(), v.integer()) }),
} satisfies Fault;
