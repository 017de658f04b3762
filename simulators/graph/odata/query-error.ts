import { type Refusal, refusals } from './refusals.ts';

/** A query the provider does not take. Carries the reply: HTTP status, Graph error code, its sentence. */
export class QueryError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(kind: keyof typeof refusals, parts: Readonly<Record<string, string | number>> = {}) {
    const { status, code, message }: Refusal = refusals[kind];
    super(message.replace(/\{(\w+)\}/g, (whole, name: string) => String(parts[name] ?? whole)));
    this.name = 'QueryError';
    this.status = status;
    this.code = code;
  }
}
