import * as v from 'valibot';
import type { Fault } from './fault.ts';
import { positive } from './fields.ts';
import { talking } from './phases.ts';

/**
 * From here on the server's bytes arrive no faster than this. In memory only.
 */
export const bandwidth = {
  kind: 'bandwidth',
  phases: ['connect', ...talking],
  usualPhase: 'banner',
  schema: v.strictObject({ kind: v.literal('bandwidth'), bytesPerSecond: positive }),
} satisfies Fault;
