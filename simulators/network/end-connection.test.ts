import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { createTestCertificates } from '../serve/test-certificates.ts';
import { type Ending, endConnection } from './end-connection.ts';
import { upgradeTcp } from './tcp-listener.ts';

// Policy: a connection ends on real sockets, encrypted or not, in the way a rule says: a reset is a reset.

const identity = await createTestCertificates(['127.0.0.1'], Date.now());
const servers: net.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What a client that expects nothing sees when the server's end is ended `how`. */
async function seenBy(kind: 'tcp' | 'tls' | 'upgraded', how: Ending): Promise<string> {
  const accept = (socket: net.Socket): void => {
    socket.on('error', () => {});
    endConnection(socket, how);
  };
  const server =
    kind === 'tls'
      ? tls.createServer({ key: identity.key, cert: identity.cert }, accept)
      : net.createServer((socket) => {
          socket.on('error', () => {});
          if (kind === 'tcp') accept(socket);
          else void upgradeTcp(socket, identity).then(accept);
        });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo; // it listens on TCP
  const client =
    kind === 'tcp'
      ? net.connect(port, '127.0.0.1')
      : tls.connect({ port, host: '127.0.0.1', ca: identity.ca, servername: '' });
  client.resume();
  return new Promise((resolve) => {
    client.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    client.on('end', () => resolve('end'));
  });
}

it.each(['tcp', 'tls', 'upgraded'] as const)('over %s', async (kind) => {
  expect(await seenBy(kind, 'reset')).toBe('ECONNRESET');
  expect(await seenBy(kind, 'close')).toBe('end');
});
