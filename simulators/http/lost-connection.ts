import type { Ending } from '../network/end-connection.ts';
import { networkError } from '../network/network-error.ts';

const causes: Readonly<Record<Exclude<Ending, 'half-open'>, { code: string; detail: string }>> = {
  reset: { code: 'ECONNRESET', detail: 'the server reset the connection' },
  close: { code: 'UND_ERR_SOCKET', detail: 'other side closed' },
};

/** What `fetch` rejects with when no reply came: `cause.code` is the code of a socket, of TLS or of a parser. */
export function fetchFailed(code: string, detail: string): TypeError {
  return new TypeError('fetch failed', { cause: networkError(code, 'fetch', detail) });
}

/** The connection ended before there was a reply. */
export function lostConnection(how: Exclude<Ending, 'half-open'>): TypeError {
  const { code, detail } = causes[how];
  return fetchFailed(code, detail);
}

/** What the stream of a body errors with when the connection ended inside it. */
export function brokenBody(how: Exclude<Ending, 'half-open'>): TypeError {
  const { code, detail } = causes[how];
  return new TypeError('terminated', { cause: networkError(code, 'read', detail) });
}

/** The code of a socket that is the cause of a failed fetch; undefined for errors that are something else. */
export function lostCode(error: unknown): string | undefined {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error.cause, 'code');
  return typeof code === 'string' ? code : undefined;
}
