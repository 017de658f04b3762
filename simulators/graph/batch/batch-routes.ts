import type { GraphAsk } from '../graph-ask.ts';
import { GraphError } from '../graph-error.ts';
import type { ServiceExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute } from '../graph-route.ts';
import { locate } from '../located.ts';
import { errorBody } from '../standard-headers.ts';
import { type BatchPart, parseBatch } from './batch-part.ts';
import { type BatchResponse, batchResponse } from './batch-response.ts';
import { InTurn } from './in-turn.ts';

export const batchRoutes: readonly GraphRoute[] = [
  {
    method: 'POST',
    path: '/$batch',
    operation: 'POST /$batch',
    scope: 'service',
    handle: answerBatch,
    note: 'up to 20 requests, dependsOn, 4 at a time for each mailbox, each limited on its own; learn graph/json-batching',
  },
];

async function answerBatch(exchange: ServiceExchange): Promise<GraphReply> {
  const { maxParts, atOncePerMailbox } = exchange.service.profile.batch;
  const parts = parseBatch(exchange.json(), maxParts);
  const turns = new Map<string, InTurn>();
  const running = new Map<string, Promise<BatchResponse>>();
  for (const part of parts) {
    const ask = askOf(part, exchange);
    const user = locate(ask.url.pathname).user ?? '';
    const turn = turns.get(user) ?? new InTurn(atOncePerMailbox);
    turns.set(user, turn);
    const before = part.dependsOn.map((id) => running.get(id.toLowerCase()));
    running.set(
      part.id.toLowerCase(),
      Promise.all(before).then((responses) =>
        responses.some((response) => response === undefined || response.status >= 400)
          ? failedDependency(part.id, exchange)
          : turn.run(async () => {
              const { ids, ...answer } = await exchange.answerPart(ask);
              return batchResponse(part.id, answer, ids);
            }),
      ),
    );
  }
  return { status: 200, body: { responses: await Promise.all(running.values()) } };
}

/** A part as a request of its own; the token is the batch's unless it brings one. */
function askOf({ method, url, headers, body }: BatchPart, exchange: ServiceExchange): GraphAsk {
  const own = new Headers(headers);
  const authorization = exchange.headers.get('authorization');
  if (!own.has('authorization') && authorization !== null) own.set('authorization', authorization);
  return {
    method,
    url: new URL(`${exchange.base}/${url.replace(/^\//, '')}`),
    headers: own,
    bytes: bytesOf(body, own.get('content-type')),
    signal: exchange.signal,
  };
}

/** JSON is sent as it stands; a body of any other type is base64. */
function bytesOf(body: unknown, contentType: string | null): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array(0);
  if (typeof body !== 'string') return Buffer.from(JSON.stringify(body));
  if (contentType === null || contentType.includes('json'))
    throw new GraphError(400, 'BadRequest', 'The body of a batch request with JSON must be a JSON object.');
  // What sendMail takes as text/plain is base64 itself, and is wrapped no further.
  return contentType.startsWith('text/plain') ? Buffer.from(body) : Buffer.from(body, 'base64');
}

function failedDependency(id: string, { nowMs, service }: ServiceExchange): BatchResponse {
  const requestId = service.newIds(new Headers()).requestId;
  const ids = { requestId, clientRequestId: requestId, nowMs };
  return {
    id,
    status: 424,
    headers: { 'Content-Type': 'application/json' },
    body: errorBody('FailedDependency', 'The request depends on another request that failed.', ids),
  };
}
