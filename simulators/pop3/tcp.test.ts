import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { createRealClock } from '../clock/real-clock.ts';
import { loadProfile } from '../profiles/index.ts';
import type { Rule } from '../rules/rule.ts';
import { type Serving, serve } from '../serve/serve.ts';

// Policy: over real sockets, in the clear, with TLS and through STLS, a POP3 client is served as in memory, and faults
// reach it as the socket's own.

const message = Buffer.from('Subject: one\r\n\r\n.dotted\r\nend\r\n');
const trace = { emit: () => {}, subscribe: () => () => {} };

let serving: Serving;
afterEach(() => serving.close());

async function open(rules: readonly Rule[] = []): Promise<void> {
  serving = await serve({
    profile: loadProfile('dovecot-postfix'),
    domain: 'alpha.test',
    mailboxes: [{ address: 'anna@alpha.test', password: 's3cret' }],
    messages: [message],
    rules,
    clock: createRealClock(1),
    trace,
    seed: 1,
  });
}

/** Says one line after the other, each once the reply to the last is whole, and returns the replies. */
async function talk(socket: net.Socket, lines: readonly string[], greeted = false): Promise<string[]> {
  const replies: string[] = [];
  let text = '';
  const waiting = greeted ? lines.slice(1) : [...lines];
  if (greeted) socket.write(`${lines[0]}\r\n`);
  const multiline = (): boolean =>
    /^(?:CAPA|RETR|LIST|UIDL)/.test(lines[replies.length - (greeted ? 0 : 1)] ?? '');
  const onData = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    if (!text.endsWith(multiline() ? '\r\n.\r\n' : '\r\n')) return;
    replies.push(text);
    text = '';
    const next = waiting.shift();
    if (next === undefined) socket.emit('told');
    else socket.write(`${next}\r\n`);
  };
  socket.on('data', onData);
  await once(socket, 'told');
  socket.removeListener('data', onData);
  return replies;
}

const session = ['USER anna@alpha.test', 'PASS s3cret', 'RETR 1', 'QUIT'];
const retrieved = '+OK 30 octets\r\nSubject: one\r\n\r\n..dotted\r\nend\r\n.\r\n';

it('serves TLS from the first byte', async () => {
  await open();
  const { host, port } = serving.endpoints.pop3s;
  const socket = tls.connect({ host, port, ca: serving.ca, servername: 'pop3.alpha.test' });
  const replies = await talk(socket, session);
  expect(replies.slice(2)).toEqual(['+OK Logged in.\r\n', retrieved, '+OK Logging out.\r\n']);
});

it('serves in the clear, and encrypted after STLS with a fresh start', async () => {
  await open();
  const { host, port } = serving.endpoints.pop3;
  const socket = net.connect(port, host);
  const replies = await talk(socket, ['CAPA', 'USER anna@alpha.test', 'STLS']);
  expect(replies[1]).toMatch(/\r\nSTLS\r\n/);
  const secure = tls.connect({ socket, ca: serving.ca, servername: 'pop3.alpha.test' });
  await once(secure, 'secureConnect');
  const [capabilities, forgotten, ...rest] = await talk(secure, ['CAPA', 'PASS s3cret', ...session], true);
  expect(capabilities).not.toMatch(/\r\nSTLS\r\n/);
  expect(forgotten).toMatch(/^-ERR/);
  expect(rest.slice(1)).toEqual(['+OK Logged in.\r\n', retrieved, '+OK Logging out.\r\n']);
});

it.each(['pop3', 'pop3s'] as const)(
  'a reset in the middle of a message is a reset over %s',
  async (service) => {
    await open([
      {
        id: 'cut',
        where: { protocol: 'pop3', phase: 'body', command: 'RETR' },
        what: { kind: 'cut', afterBytes: 5 },
      },
    ]);
    const { host, port } = serving.endpoints[service];
    const socket =
      service === 'pop3'
        ? net.connect(port, host)
        : tls.connect({ host, port, ca: serving.ca, servername: 'pop3.alpha.test' });
    void talk(socket, session).catch(() => {});
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
  },
);
