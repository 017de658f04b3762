import type { Duplex } from 'node:stream';
import { SmtpFailure } from './smtp-failure.ts';
import type { SmtpSessionOptions } from './smtp-session-options.ts';

/** The connection of a session, encrypted where the profile says TLS from the start. Rejects with `SmtpFailure`. */
export async function connectSocket(options: SmtpSessionOptions): Promise<Duplex> {
  const { server, clock, signal, timeouts } = options;
  const attempt = new AbortController();
  let cause: 'lost' | 'timeout' | 'aborted' = 'lost';
  const give = (reason: 'timeout' | 'aborted') => (): void => {
    cause = reason;
    attempt.abort();
  };
  const timer = clock.setTimeout(give('timeout'), timeouts.silenceMs);
  const onAbort = give('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await options.connector.connectSocket(
      {
        host: server.host,
        port: server.port,
        tls: server.security === 'tls',
        ca: server.ca,
        allowInvalidCertificate: server.allowInvalidCertificate,
      },
      attempt.signal,
    );
  } catch (error) {
    const trouble = {
      phase: 'connect',
      reply: undefined,
      cause,
      error: error instanceof Error ? error : new Error(String(error)),
    } as const;
    // Given up in the middle of a TLS handshake, it may stand for the server; without TLS it never stood.
    throw new SmtpFailure(trouble, server.security === 'tls' && cause !== 'lost');
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
