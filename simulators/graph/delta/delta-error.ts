import { GraphError } from '../graph-error.ts';
import { refusalText } from '../odata/refusal-text.ts';
import type { Refusal } from '../odata/refusals.ts';
import { deltaRefusals } from './delta-refusals.ts';

/** A delta request the provider does not take. */
export class DeltaError extends GraphError {
  constructor(
    kind: keyof typeof deltaRefusals,
    parts: Readonly<Record<string, string | number>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    const refusal: Refusal = deltaRefusals[kind];
    super(refusal.status, refusal.code, refusalText(refusal, parts), headers);
    this.name = 'DeltaError';
  }
}
