import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Ports nobody listens on at this moment, for servers that must be told theirs in a file. */
export async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () => createServer());
  await Promise.all(holders.map((holder) => once(holder.listen(0, '127.0.0.1'), 'listening')));
  const ports = holders.map((holder) => (holder.address() as AddressInfo).port); // listening on TCP, so never a path
  await Promise.all(holders.map((holder) => once(holder.close(), 'close')));
  return ports;
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
