import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { positive } from './fields.ts';

/**
 * So many bytes of the reply are changed, at places drawn by name. Its length stays.
 */
export const corrupt = {
  kind: 'corrupt',
  phases: ['reply', 'body'],
  usualPhase: 'reply',
  schema: v.strictObject({ kind: v.literal('corrupt'), bytes: positive }),
} satisfies Fault;
