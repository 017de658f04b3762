import { ImapFlow } from 'imapflow';
import type { Life } from '../simulators/index.ts';

/** The longest time a timer takes. */
const neverMs = 2 ** 31 - 1;

/** imapflow, signed in over the network of a world; without compression, which works in threads, and never giving up. */
export async function connectImapflow(
  { connector }: Life,
  host: string,
  { user, pass }: { readonly user: string; readonly pass: string },
): Promise<ImapFlow> {
  const socket = await connector.connectSocket({ host, port: 993, tls: true });
  // The types leave the transport out.
  const client = new ImapFlow({
    host,
    port: 993,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    socketTimeout: neverMs,
    transport: {
      connect: (_options: object, connected: () => void) => {
        queueMicrotask(connected);
        return socket;
      },
    },
  } as unknown as ConstructorParameters<typeof ImapFlow>[0]);
  client.on('error', () => {});
  await client.connect();
  return client;
}
