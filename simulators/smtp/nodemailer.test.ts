/**
 * Policy: the client most people use gets its mail through, whichever way it comes: STARTTLS and implicit TLS, every
 * kind of AUTH, pooled, over memory as over TCP.
 */
import nodemailer from 'nodemailer';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { smtp as dovecotPostfix } from '../profiles/dovecot-postfix/smtp.ts';
import { smtp as gmailConsumer } from '../profiles/gmail-consumer/smtp.ts';
import { createTestCertificates, type TestCertificates } from '../serve/test-certificates.ts';
import { type Bench, openBench, receiver, sender } from './testing/dialogue.ts';

let certificates: TestCertificates;
beforeAll(async () => {
  certificates = await createTestCertificates(['localhost'], Date.now());
});

let bench: Bench;
afterEach(() => bench.close());

const mail = { from: sender.address, to: receiver.address, subject: 'Hi', text: 'One\n.two\nthree\n' };
const password = { user: sender.address, pass: sender.password ?? '' };
const trusted = () => ({ ca: certificates.ca, servername: 'localhost' });
const delivered = (): string[] =>
  bench.context.mail.truth.everDelivered(receiver.address).map(({ message }) => message.raw.toString());

test.each([
  ['LOGIN', password],
  ['PLAIN', password],
  ['XOAUTH2', { type: 'OAuth2' as const, user: sender.address, accessToken: 'ann-token' }],
])('STARTTLS and AUTH %s over TCP', async (method, auth) => {
  bench = openBench(gmailConsumer, { tls: certificates });
  const port = await bench.listen(false);
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    requireTLS: true,
    authMethod: method,
    auth,
    tls: trusted(),
  });
  const info = await transport.sendMail(mail);
  transport.close();
  expect(info.response).toMatch(/^250 2\.0\.0 OK {2}\d+ \S+ - gsmtp$/);
  expect(delivered()[0]).toContain('\r\n\r\nOne\r\n.two\r\nthree\r\n');
  expect(bench.events).toContainEqual(
    expect.objectContaining({
      kind: 'command',
      command: 'AUTH',
      argument: `${method}${method === 'LOGIN' ? '' : ' [redacted]'}`,
    }),
  );
});

test('STARTTLS over a pair of in-memory streams', async () => {
  bench = openBench(dovecotPostfix, { tls: certificates });
  const transport = nodemailer.createTransport({
    host: 'localhost',
    requireTLS: true,
    auth: password,
    tls: trusted(),
    // nodemailer's types know only sockets; it uses what any Duplex has, and these two.
    getSocket: (_options: unknown, done: (error: Error | null, socket: unknown) => void) =>
      done(null, {
        connection: Object.assign(bench.pair({ encrypted: false }), {
          setKeepAlive: () => {},
          setTimeout: () => {},
          setNoDelay: () => {},
        }),
      }),
  } as object);
  await transport.sendMail(mail);
  expect(delivered()).toHaveLength(1);
  expect(bench.context.mail.truth.submissions[0]?.login).toBe(sender.address);
});

test('implicit TLS over TCP', async () => {
  bench = openBench(dovecotPostfix, {});
  const port = await bench.listenTls(certificates);
  const transport = nodemailer.createTransport({
    host: 'localhost',
    port,
    secure: true,
    auth: password,
    tls: trusted(),
  });
  await transport.sendMail(mail);
  transport.close();
  expect(delivered()[0]).toMatch(/by mail\.postfix\.test with ESMTPSA id [0-9A-F]{10};/);
});

test('a pool sends a hundred messages over two connections, each once', async () => {
  bench = openBench(dovecotPostfix, {});
  const port = await bench.listenTls(certificates);
  const transport = nodemailer.createTransport({
    host: 'localhost',
    port,
    secure: true,
    pool: true,
    maxConnections: 2,
    auth: password,
    tls: trusted(),
  });
  await Promise.all(
    Array.from({ length: 100 }, (_, n) => transport.sendMail({ ...mail, subject: `Hi ${n}` })),
  );
  transport.close();
  expect(delivered()).toHaveLength(100);
  expect(new Set(delivered().map((raw) => /Subject: (.*)/.exec(raw)?.[1])).size).toBe(100);
  expect(bench.context.mail.truth.sessions('smtp').opened).toBe(2);
});

test.each([
  ['expired', /certificate has expired/],
  ['wrong-name', /does not match certificate's altnames/],
] as const)('a client that checks certificates refuses one that is %s', async (fault, words) => {
  bench = openBench(dovecotPostfix, {
    tls: certificates,
    rules: [
      {
        id: 't',
        where: { phase: 'tls', command: 'STARTTLS' },
        what: { kind: 'tls', fault },
        when: { hits: 1 },
      },
    ],
  });
  const port = await bench.listen(false);
  const transport = nodemailer.createTransport({
    host: 'localhost',
    port,
    requireTLS: true,
    auth: password,
    tls: trusted(),
  });
  await expect(transport.sendMail(mail)).rejects.toThrow(words);
  await transport.sendMail(mail);
  transport.close();
  expect(delivered()).toHaveLength(1);
});
