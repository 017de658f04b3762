import type { Duplex } from 'node:stream';
import type { Clock } from '../ports/clock.ts';

const closeTimeoutMs = 5_000;

/** Resolves once the socket is closed, by the server or, after five seconds, by us. */
export function closeSocket(socket: Duplex, clock: Clock): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => socket.destroy(), closeTimeoutMs);
    socket.once('close', () => {
      clock.clearTimeout(timer);
      resolve();
    });
  });
}
