const dayMs = 24 * 3_600_000;

/**
 * The wait a Retry-After header asks for (RFC 9110 10.2.3), ms, at most a day: seconds, also as a fraction (Graph gives
 * those within batches), or a date, counted from the reply's own Date so that no clock needs to be right.
 * `undefined` when there is none, or none that can be read.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(value)) return Math.min(Math.ceil(Number(value) * 1_000), dayMs);
  const at = Date.parse(value);
  if (!/[a-z]/i.test(value) || Number.isNaN(at)) return undefined;
  const saidAt = Date.parse(headers.get('date') ?? '');
  return Math.min(Math.max(at - (Number.isNaN(saidAt) ? nowMs : saidAt), 0), dayMs);
}
