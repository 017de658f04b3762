/**
 * Policy: a real connection is made to the server that was meant, or not at all: certificates are verified unless the
 * profile says otherwise, and a failure tells the system's own code. Giving up leaves no socket behind.
 */
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { classifyNetwork } from '../../engine/errors/classify-network.ts';
import { NodeConnector } from '../../engine/net/node-connector.ts';
import { openPop3 } from '../../engine/pop3/open-pop3.ts';
import type { ByteStream } from '../../engine/ports/connector.ts';
import { loopbackCertificate, loopbackKey } from './loopback-certificate.ts';
import { systemClock } from './system-clock.ts';

const servers: Server[] = [];
const never = new AbortController().signal;
const connector = new NodeConnector();

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function tlsServer(): Promise<number> {
  return listen(
    createTlsServer({ cert: loopbackCertificate, key: loopbackKey }, (socket) => {
      socket.on('error', () => undefined);
      socket.end('+OK ready\r\n');
    }),
  );
}

function firstBytes(stream: ByteStream): Promise<string> {
  return new Promise((resolve) => stream.on('data', (chunk) => resolve(chunk.toString())));
}

async function failureCode(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return classifyNetwork(error, 'connect').code;
}

it('trusts an authority it was given, in addition to the public ones', async () => {
  const port = await tlsServer();
  for (const host of ['localhost', '127.0.0.1']) {
    const stream = await connector.connect({ host, port, tls: true, ca: loopbackCertificate }, never);
    expect(await firstBytes(stream)).toBe('+OK ready\r\n');
    stream.destroy();
  }
});

it('refuses a certificate nobody vouches for, unless told to take any', async () => {
  const port = await tlsServer();
  const to = { host: 'localhost', port, tls: true };
  expect(await failureCode(connector.connect(to, never))).toBe('certificate-refused');
  const stream = await connector.connect({ ...to, allowInvalidCertificate: true }, never);
  expect(await firstBytes(stream)).toBe('+OK ready\r\n');
  stream.destroy();
});

it('refuses a certificate for somebody else', async () => {
  const port = await tlsServer();
  const stream = await connector.connect({ host: '127.0.0.1', port, tls: false }, never);
  const other = { host: 'mail.example.org', port, tls: true, ca: loopbackCertificate };
  expect(await failureCode(connector.upgrade(stream, other, never))).toBe('certificate-refused');
  expect(stream.destroyed).toBe(true);
});

it('tells a refused connection, and a server that speaks no TLS', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    socket.end('+OK ready\r\n');
  });
  const port = await listen(server);
  expect(await failureCode(connector.connect({ host: '127.0.0.1', port, tls: true }, never))).toBe(
    'tls-failed',
  );
  await new Promise((resolve) => server.close(resolve));
  expect(await failureCode(connector.connect({ host: '127.0.0.1', port, tls: false }, never))).toBe(
    'connection-refused',
  );
});

it('gives up when told to, in the middle of a handshake too', async () => {
  let open = 0;
  const port = await listen(
    createServer((socket) => {
      open += 1;
      socket.resume();
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open -= 1;
      });
    }),
  );
  const stop = new AbortController();
  const connecting = connector.connect({ host: '127.0.0.1', port, tls: true }, stop.signal);
  await expect.poll(() => open).toBe(1);
  stop.abort();
  await expect(connecting).rejects.toMatchObject({ code: 'ABORT_ERR' });
  await expect.poll(() => open).toBe(0);
});

it('carries a whole POP3 login through STLS', async () => {
  const heard: string[] = [];
  const port = await listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('+OK ready\r\n');
      socket.once('data', (chunk: Buffer) => {
        heard.push(chunk.toString());
        socket.write('+OK begin TLS\r\n');
        const secure = new TLSSocket(socket, { isServer: true, cert: loopbackCertificate, key: loopbackKey });
        secure.on('data', (command: Buffer) => {
          heard.push(command.toString());
          const bye = command.toString().startsWith('QUIT');
          if (bye) secure.end('+OK bye\r\n');
          else secure.write(command.toString().startsWith('CAPA') ? '+OK\r\nUSER\r\n.\r\n' : '+OK\r\n');
        });
      });
    }),
  );
  const { session } = await openPop3({
    server: { host: 'localhost', port, security: 'starttls', ca: loopbackCertificate },
    credential: { username: 'ann', secret: 'ann', mechanism: 'password' },
    secret: () => Promise.resolve('secret'),
    connector,
    clock: systemClock,
    silenceMs: 5_000,
    signal: never,
    known: undefined,
  });
  await session.quit();
  expect(heard).toEqual(['STLS\r\n', 'CAPA\r\n', 'USER ann\r\n', 'PASS secret\r\n', 'QUIT\r\n']);
});

it('fetches over TLS it trusts, and tells the code of what it does not reach', async () => {
  const options = { cert: loopbackCertificate, key: loopbackKey };
  const port = await listen(
    createHttpsServer(options, (request, response) => {
      response.writeHead(202, { 'x-path': request.url ?? '' });
      request.pipe(response);
    }),
  );
  const url = `https://localhost:${port}/v1.0/me`;
  const init = { method: 'POST', body: 'ping', signal: never };
  const reply = await connector.fetch(url, init, { ca: loopbackCertificate });
  expect([reply.status, reply.headers.get('x-path'), await reply.text()]).toEqual([202, '/v1.0/me', 'ping']);
  expect((await connector.fetch(url, init, { allowInvalidCertificate: true })).status).toBe(202);
  const refused: unknown = await connector.fetch(url, init).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(TypeError);
  const { cause } = refused as TypeError;
  expect(classifyNetwork(cause, 'connect').code).toBe('certificate-refused');
});
