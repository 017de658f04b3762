import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { line } from './fields.ts';

/**
 * The server says this instead. At `command` and `commit` nothing was done; at `reply` and `committed` the command
 * was carried out and the client is told otherwise.
 */
export const reply = {
  kind: 'reply',
  phases: ['command', 'banner', 'reply', 'body', 'commit', 'committed'],
  usualPhase: 'command',
  schema: v.strictObject({ kind: v.literal('reply'), text: line, close: v.exactOptional(v.boolean()) }),
} satisfies Fault;
