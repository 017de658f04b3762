import { connect, type Socket } from 'node:net';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Connector } from '../../engine/ports/connector.ts';

/** Plain TCP, as the engine's own connector gives it. */
export const loopbackConnector: Connector = {
  connect: () => Promise.reject(new Error('not used here')),
  upgrade: () => Promise.reject(new Error('not used here')),
  connectSocket: (to, signal) =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect({ host: to.host, port: to.port, signal });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(socket);
      });
    }),
};

/** The system's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, delayMs) => setTimeout(fn, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
};
