/** What the frame knows of an exchange when it makes a reply. */
export interface ExchangeIds {
  readonly requestId: string;
  /** As the client sent it; the request id where it sent none. */
  readonly clientRequestId: string;
  readonly nowMs: number;
}

const jsonType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** Many replies leave within a second. */
let lastSecond = Number.NaN;
let lastDate = '';

/** What every reply carries, as captures show (reported). */
export function standardHeaders(ids: ExchangeIds, diagnostic: string): Record<string, string> {
  const second = Math.floor(ids.nowMs / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = new Date(second * 1000).toUTCString();
  }
  return {
    'Cache-Control': 'private',
    'Content-Type': jsonType,
    'Strict-Transport-Security': 'max-age=31536000',
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
    'x-ms-ags-diagnostic': diagnostic,
    Date: lastDate,
  };
}

/** The envelope of an error (learn graph/errors; `innerError` is spelled as on the wire). */
export function errorBody(code: string, message: string, ids: ExchangeIds): object {
  return {
    error: {
      code,
      message,
      innerError: {
        date: new Date(ids.nowMs).toISOString().slice(0, 19),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
      },
    },
  };
}
