import { refusalText } from '../odata/refusal-text.ts';
import type { Refusal } from '../odata/refusals.ts';
import { deltaRefusals } from './delta-refusals.ts';

/** A delta request the provider does not take. Carries the reply: HTTP status, Graph error code, its sentence. */
export class DeltaError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: keyof typeof deltaRefusals,
    parts: Readonly<Record<string, string | number>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    const refusal: Refusal = deltaRefusals[kind];
    super(refusalText(refusal, parts));
    this.name = 'DeltaError';
    this.status = refusal.status;
    this.code = refusal.code;
    this.headers = headers;
  }
}
