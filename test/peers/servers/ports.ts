import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** In a block of this process's own, below the range the system takes for outgoing connections. */
let next = 10_000 + (process.pid % 1_000) * 20;

/**
 * Ports for servers that must be told theirs in a file, so that they cannot ask for any free one. Between the look and
 * the use nobody else takes them.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = next++;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Waits until a server accepts connections; `alive` tells early that it never will. */
export async function listening(port: number, alive: () => string | undefined): Promise<void> {
  for (;;) {
    const trouble = alive();
    if (trouble !== undefined) throw new Error(trouble);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await delay(20);
  }
}
