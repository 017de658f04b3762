import type { Clock } from '../clock/clock.ts';
import { aadsts } from './aadsts.ts';
import type { TokenRefusal } from './token-refusal.ts';

/** A reply of the token service before rules and the wire had their way with it. */
export interface OAuthReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** What the trace says of it; never a token. */
  readonly summary: string;
}

/** The ids an exchange goes by: its own, and the one its client gave. */
export interface ExchangeIds {
  readonly trace: string;
  readonly correlation: string;
}

export function jsonReply(
  status: number,
  body: object,
  summary: string,
  headers: Readonly<Record<string, string>> = {},
): OAuthReply {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
    summary,
  };
}

/** The envelope of learn.microsoft.com entra/identity-platform/reference-error-codes, all its fields filled. */
export function refusalReply(
  refusal: TokenRefusal,
  ids: ExchangeIds,
  clock: Clock,
  host: string,
): OAuthReply {
  const { status, error, ...rest } = aadsts[refusal.code];
  const suberror = 'suberror' in rest ? rest.suberror : undefined;
  const timestamp = `${new Date(clock.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const lines = [
    refusal.message,
    `Trace ID: ${ids.trace}`,
    `Correlation ID: ${ids.correlation}`,
    `Timestamp: ${timestamp}`,
  ];
  const body = {
    error,
    error_description: lines.join('\r\n'),
    error_codes: [refusal.code],
    timestamp,
    trace_id: ids.trace,
    correlation_id: ids.correlation,
    error_uri: `https://${host}/error?code=${refusal.code}`,
    ...(suberror === undefined ? {} : { suberror }),
  };
  return jsonReply(status, body, `${status} AADSTS${refusal.code}`);
}
