import { refusalText } from './refusal-text.ts';
import { type Refusal, refusals } from './refusals.ts';

/** A query the provider does not take. Carries the reply: HTTP status, Graph error code, its sentence. */
export class QueryError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(kind: keyof typeof refusals, parts: Readonly<Record<string, string | number>> = {}) {
    const refusal: Refusal = refusals[kind];
    super(refusalText(refusal, parts));
    this.name = 'QueryError';
    this.status = refusal.status;
    this.code = refusal.code;
  }
}
