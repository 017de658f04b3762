import type { GraphAnswer } from '../graph-answer.ts';
import type { ExchangeIds } from '../standard-headers.ts';

/** One reply of a batch. */
export interface BatchResponse {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The reply of a part: JSON stands in it as it is, everything else in base64 (learn graph/json-batching). */
export function batchResponse(id: string, answer: GraphAnswer, ids: ExchangeIds): BatchResponse {
  const { status, headers, body } = answer;
  const own = { 'request-id': ids.requestId, ...headers };
  if (body === undefined) return { id, status, headers: own };
  if (body instanceof Uint8Array) return { id, status, headers: own, body: base64(body) };
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (type !== undefined && !type.includes('json'))
    return { id, status, headers: own, body: base64(Buffer.from(String(body))) };
  const value: unknown = typeof body === 'string' ? JSON.parse(body) : body;
  return { id, status, headers: { 'Content-Type': 'application/json', ...own }, body: value };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
