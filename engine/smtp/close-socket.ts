import type { Duplex } from 'node:stream';
import type { Clock } from '../ports/clock.ts';

const closeTimeoutMs = 5_000;

/** Resolves once the socket is closed: when the server has closed its side too or, after five seconds, by `drop`. */
export function closeSocket(socket: Duplex, clock: Clock, drop: () => void): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = clock.setTimeout(drop, closeTimeoutMs);
    socket.once('close', () => {
      clock.clearTimeout(timer);
      resolve();
    });
  });
}
