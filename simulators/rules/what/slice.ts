import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { positive } from './fields.ts';
import { talking } from './phases.ts';

/**
 * From here on the server's bytes leave in packets of at most `maxBytes`: a client sees lines and CRLFs torn apart.
 * In memory only; TCP joins and parts packets as it likes.
 */
export const slice = {
  kind: 'slice',
  phases: ['connect', ...talking],
  usualPhase: 'banner',
  schema: v.strictObject({ kind: v.literal('slice'), maxBytes: positive }),
} satisfies Fault;
