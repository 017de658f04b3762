/** Errors of Node and undici at which no connection had come about: nothing of a request can have left. */
const codes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'EPROTO',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether what a `fetch` failed with proves that the request never left: no connection, or no handshake. */
export function neverConnected(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (typeof code !== 'string') return false;
  return (
    codes.has(code) ||
    /^(?:ERR_TLS_|ERR_SSL_|CERT_)|CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^INVALID_(?:CA|PURPOSE)$/.test(code)
  );
}
