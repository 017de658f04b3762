import type net from 'node:net';
import type { Clock } from './clock.ts';

/** Node runs `socket.setTimeout` on timers nobody can replace; this gives one socket the same on `clock`. */
export function useClockForTimeout(socket: net.Socket, clock: Clock): void {
  let delayMs = 0;
  let timer: object | undefined;
  const { write, push } = socket;
  const alive = (): void => {
    clock.clearTimeout(timer);
    timer = undefined;
    if (delayMs > 0 && !socket.destroyed)
      timer = clock.setTimeout(() => void socket.emit('timeout'), delayMs);
  };
  socket.setTimeout = (newDelayMs: number, callback?: () => void): net.Socket => {
    delayMs = newDelayMs;
    if (callback !== undefined) socket.once('timeout', callback);
    alive();
    return socket;
  };
  // What arrives is pushed into the socket's stream; the overloads of `write` go through unchanged.
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    alive();
    return push.call(socket, chunk, encoding);
  };
  socket.write = ((...values: Parameters<typeof write>) => {
    alive();
    return write.apply(socket, values);
  }) as typeof write;
  socket.once('close', () => clock.clearTimeout(timer));
}
