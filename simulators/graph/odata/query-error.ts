import { GraphError } from '../graph-error.ts';
import { refusalText } from './refusal-text.ts';
import { type Refusal, refusals } from './refusals.ts';

/** A query the provider does not take. */
export class QueryError extends GraphError {
  constructor(kind: keyof typeof refusals, parts: Readonly<Record<string, string | number>> = {}) {
    const refusal: Refusal = refusals[kind];
    super(refusal.status, refusal.code, refusalText(refusal, parts));
    this.name = 'QueryError';
  }
}
