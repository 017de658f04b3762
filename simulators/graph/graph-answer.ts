import type { LiteralReply } from '../http/literal-reply.ts';
import type { Manner } from '../rules/outcome.ts';
import type { GraphReply } from './graph-route.ts';
import { type ExchangeIds, errorBody } from './standard-headers.ts';

/** A reply that is decided, with what is to become of it on its way. */
export interface GraphAnswer {
  readonly status: number;
  /** Beyond the standard ones. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: GraphReply['body'];
  /** `error.code`, for the trace. */
  readonly code?: string | undefined;
  readonly head?: Manner | undefined;
  readonly onBody?: Manner | undefined;
  /** The connection ends after it. */
  readonly close?: boolean;
}

/** What statuses are called when nobody says (learn graph/errors; inferred where Outlook has no name of its own). */
const usualCode: Readonly<Record<number, string>> = {
  400: 'ErrorInvalidRequest',
  401: 'InvalidAuthenticationToken',
  403: 'ErrorAccessDenied',
  404: 'ErrorItemNotFound',
  409: 'ErrorFolderExists',
  410: 'SyncStateNotFound',
  412: 'ErrorIrresolvableConflict',
  413: 'ErrorMessageSizeExceeded',
  429: 'TooManyRequests',
  500: 'ErrorInternalServerError',
  503: 'serviceNotAvailable',
  507: 'ErrorQuotaExceeded',
};

/** The answer that a rule or limit spelled out; its error envelope is made where it has no body of its own. */
export function literalAnswer(said: LiteralReply, ids: ExchangeIds, close: boolean): GraphAnswer {
  const { status, code = usualCode[status] ?? 'UnknownError', message = '', headers, body } = said;
  if (body !== undefined) return { status, headers: typed(headers, body), body, code: said.code, close };
  if (status < 400) return { status, headers, body: undefined, close };
  return { status, headers, body: errorBody(code, message, ids), code, close };
}

/** A body that is no JSON says so, unless the rule says what it is. */
function typed(headers: Readonly<Record<string, string>>, body: string): Readonly<Record<string, string>> {
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) return headers;
  if (body.startsWith('{')) return headers;
  return { 'Content-Type': body.startsWith('<') ? 'text/html' : 'text/plain', ...headers };
}
