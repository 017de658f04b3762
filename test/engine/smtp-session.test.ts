/**
 * Policy: after every attempt the sender says where the message is, by evidence alone.
 *
 * - What was refused carries the server's reply and the phase it came in.
 * - What is no reply, or not to that command, decides nothing: the connection ends, and nothing reaches a recipient the server may have taken.
 * - A message whose end never left was not accepted, wherever the connection died before.
 * - Once its end may have left, only a valid reply decides; without one the result is `unknown`.
 * - Recipients are told apart, with and without PIPELINING.
 */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { classifyTrouble } from '../../engine/errors/classify-trouble.ts';
import { NodeConnector } from '../../engine/net/node-connector.ts';
import type { SendResult } from '../../engine/smtp/send-result.ts';
import { SmtpFailure } from '../../engine/smtp/smtp-failure.ts';
import { SmtpSession } from '../../engine/smtp/smtp-session.ts';
import type { SmtpSessionOptions } from '../../engine/smtp/smtp-session-options.ts';
import { type Script, ScriptedSmtpServer, type Step } from './scripted-smtp-server.ts';
import { systemClock } from './system-clock.ts';

const pipelining =
  '250-scripted\r\n250-PIPELINING\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250 ENHANCEDSTATUSCODES';
const cut: Step = { cut: 'before-reply' };
const content = Buffer.from('Subject: x\r\n\r\nhello\r\n.dot\r\n');
const servers: ScriptedSmtpServer[] = [];
const sessions: SmtpSession[] = [];
const closing: (() => void)[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.leave();
  for (const server of servers.splice(0)) server.close();
  for (const close of closing.splice(0)) close();
});

async function start(script: Script): Promise<{ server: ScriptedSmtpServer; options: SmtpSessionOptions }> {
  const server = new ScriptedSmtpServer(script);
  servers.push(server);
  const port = await server.listen();
  return {
    server,
    options: {
      server: { host: '127.0.0.1', port, security: 'none' },
      credential: { username: 'ann@example.org', secret: 'ann', mechanism: 'plain' },
      secret: 's3cret-word',
      connector: new NodeConnector(),
      clock: systemClock,
      signal: new AbortController().signal,
      timeouts: { silenceMs: 5_000, finalDotMs: 5_000 },
    },
  };
}

async function open(options: SmtpSessionOptions): Promise<SmtpSession> {
  const session = await SmtpSession.open(options);
  sessions.push(session);
  return session;
}

interface Sent {
  readonly result: SendResult;
  readonly server: ScriptedSmtpServer;
  readonly session: SmtpSession;
  readonly handedOver: boolean;
}

async function send(script: Script, body: Uint8Array = content): Promise<Sent> {
  const { server, options } = await start(script);
  const session = await open(options);
  let handedOver = false;
  const result = await session.send({
    from: 'ann@example.org',
    to: ['bob@example.org', 'cy@example.org'],
    content: body,
    beforeHandOver: async () => {
      handedOver = true;
      return true;
    },
  });
  return { result, server, session, handedOver };
}

describe.each([
  ['one command at a time', undefined],
  ['with PIPELINING', pipelining],
])('a message, %s', (_, ehlo) => {
  const on = (script: Script): Script => (ehlo === undefined ? script : { ...script, ehlo });

  it('is accepted for everyone, byte for byte', async () => {
    const { result, server } = await send(on({}));
    expect(result).toMatchObject({
      kind: 'accepted',
      reply: { code: 250, enhanced: '2.0.0', text: 'taken' },
    });
    expect(server.delivered).toEqual([
      { to: ['bob@example.org', 'cy@example.org'], content: 'Subject: x\r\n\r\nhello\r\n..dot\r\n' },
    ]);
  });

  it('accepted with one recipient refused names that recipient and its reply', async () => {
    const { result } = await send(
      on({ rcpt: (address) => (address.startsWith('cy') ? '550 5.1.1 No such user' : '250 ok') }),
    );
    expect(result).toMatchObject({
      kind: 'accepted',
      recipients: [
        { address: 'bob@example.org', refusal: undefined },
        { address: 'cy@example.org', refusal: { code: 550, enhanced: '5.1.1', text: 'No such user' } },
      ],
    });
  });

  it.each<[string, Script, string, number]>([
    ['MAIL', { mail: () => '452 4.3.1 Insufficient system resources' }, 'mail', 452],
    ['MAIL with a 421', { mail: () => ({ say: '421 4.4.2 rate\r\n', cut: 'after-reply' }) }, 'mail', 421],
    ['every RCPT', { rcpt: () => '550 5.1.1 No such user' }, 'rcpt', 550],
    [
      'every RCPT, though DATA is taken',
      { rcpt: () => '450 4.2.0 later', data: () => '354 go' },
      'rcpt',
      450,
    ],
    ['RCPT with a 421', { rcpt: () => ({ say: '421 4.7.0 bye\r\n', cut: 'after-reply' }) }, 'rcpt', 421],
    ['DATA', { data: () => '451 4.7.0 not now' }, 'data', 451],
    [
      'the final dot',
      { finalDot: () => '432 4.3.2 Concurrent connections limit exceeded' },
      'final-dot',
      432,
    ],
    [
      'the final dot, unterminated',
      { finalDot: () => ({ say: '554 5.2.0 no', cut: 'after-reply' }) },
      'final-dot',
      554,
    ],
  ])('refused at %s carries phase and reply', async (_at, script, phase, code) => {
    const { result, server } = await send(on(script));
    expect(result).toMatchObject({ kind: 'refused', trouble: { phase, cause: 'reply', reply: { code } } });
    expect(server.delivered.length).toBe(phase === 'final-dot' && code === 554 ? 1 : 0);
  });

  it('refused at MAIL blames no recipient', async () => {
    const { result } = await send(
      on({
        mail: () => '550 5.7.1 no',
        rcpt: () => '503 5.5.1 MAIL first',
        data: () => '503 5.5.1 RCPT first',
      }),
    );
    expect(result.recipients.map((recipient) => recipient.refusal)).toEqual([undefined, undefined]);
  });

  it.each<[string, Script, string]>([
    ['MAIL', { mail: () => cut }, 'mail'],
    ['RCPT', { rcpt: () => cut }, 'rcpt'],
    ['DATA', { data: () => cut }, 'data'],
  ])('lost at %s was never handed over', async (_at, script, phase) => {
    const { result, session, handedOver } = await send(on(script));
    expect(result).toMatchObject({ kind: 'not-handed', trouble: { phase, cause: 'lost' } });
    expect(handedOver).toBe(false);
    expect(session.alive).toBe(false);
  });

  it.each<[string, Script, string]>([
    ['MAIL', { mail: () => 'X50 2.1.0 ok' }, 'mail'],
    ['a RCPT', { rcpt: (address) => (address.startsWith('cy') ? '\u00ff50 ok' : '250 ok') }, 'rcpt'],
    ['every RCPT', { rcpt: () => '?>0 2.1.5 ok' }, 'rcpt'],
    ['DATA', { data: () => 'HTTP/1.1 400 Bad Request\r\n354 go' }, 'data'],
    ['DATA, for MAIL was answered twice', { mail: () => '250 ok\r\n250 ok' }, 'data'],
    ['DATA, for a RCPT was answered twice', { rcpt: () => '250 ok\r\n250 ok' }, 'data'],
    ['RCPT, for it belongs to DATA', { rcpt: () => '354 go' }, 'rcpt'],
  ])(
    'what is no answer to %s ends the connection, and no message goes to anyone',
    async (_at, script, phase) => {
      const { result, session, server, handedOver } = await send(on(script));
      expect(result).toMatchObject({ kind: 'not-handed', trouble: { phase, cause: 'lost' } });
      expect(handedOver).toBe(false);
      expect(session.alive).toBe(false);
      await session.leave();
      expect(server.delivered).toEqual([]);
    },
  );

  it.each<[string, Step]>([
    ['nothing', cut],
    ['half a reply', { say: '25', cut: 'after-reply' }],
    ['an acceptance without its line end', { say: '250 2.0.0 taken', cut: 'after-reply' }],
    ['what is no reply', 'hello there'],
    ['a reply that is neither yes nor no', '354 go on'],
  ])('answered after its final dot with %s is unknown', async (_what, step) => {
    const { result, handedOver, server } = await send(on({ finalDot: () => step }));
    expect(result).toMatchObject({ kind: 'unknown', trouble: { phase: 'final-dot' } });
    expect(handedOver).toBe(true);
    expect(server.delivered.length).toBe(1);
  });

  it('lost in the middle was not accepted, though DATA was', async () => {
    const large = Buffer.alloc(48 * 1024 * 1024, 'a line of a very large message\r\n');
    const { result, handedOver, server } = await send(on({ bodyCutAfterBytes: 100_000 }), large);
    expect(result).toMatchObject({ kind: 'not-handed', trouble: { phase: 'body' } });
    expect(handedOver).toBe(false);
    expect(server.delivered).toEqual([]);
  });
});

it('a silent server is given up, and after the final dot that leaves the message unknown', async () => {
  for (const [script, kind] of [
    [{ data: () => ({ silent: true }) }, 'not-handed'],
    [{ finalDot: () => ({ silent: true }) }, 'unknown'],
  ] satisfies [Script, string][]) {
    const { options } = await start(script);
    const session = await open({ ...options, timeouts: { silenceMs: 60, finalDotMs: 60 } });
    const result = await session.send({
      from: 'ann@example.org',
      to: ['bob@example.org'],
      content,
      beforeHandOver: () => Promise.resolve(true),
    });
    expect(result).toMatchObject({ kind, trouble: { cause: 'timeout' } });
    expect(session.alive).toBe(false);
  }
});

it('a hand-over called off never lets the final dot leave', async () => {
  const { server, options } = await start({});
  const session = await open(options);
  const result = await session.send({
    from: 'ann@example.org',
    to: ['bob@example.org'],
    content,
    beforeHandOver: () => Promise.resolve(false),
  });
  expect(result).toMatchObject({ kind: 'not-handed', trouble: { phase: 'body' } });
  expect(session.alive).toBe(false);
  expect(server.delivered).toEqual([]);
});

it.each<[string, Script, string, number | undefined]>([
  ['the greeting', { greeting: '421 4.3.2 too many' }, 'greeting', 421],
  ['the greeting, by silence and a cut', { greeting: cut }, 'greeting', undefined],
  ['EHLO', { ehlo: '421 4.7.0 Try again later, closing connection.' }, 'ehlo', 421],
  ['AUTH', { auth: '535 5.7.3 Authentication unsuccessful' }, 'auth', 535],
  ['AUTH, by a cut', { auth: cut }, 'auth', undefined],
])('a connection refused at %s says so', async (_at, script, phase, code) => {
  const { options } = await start(script);
  const failure = await SmtpSession.open(options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SmtpFailure);
  const { trouble } = failure as SmtpFailure;
  expect([trouble.phase, trouble.reply?.code]).toEqual([phase, code]);
});

it('nobody listening is a failure to connect', async () => {
  const { server, options } = await start({});
  server.close();
  const failure = await SmtpSession.open(options).catch((error: unknown) => error);
  expect((failure as SmtpFailure).trouble).toMatchObject({ phase: 'connect', cause: 'lost' });
});

it('starttls refuses a server that does not offer it, before any credential leaves', async () => {
  const { server, options } = await start({});
  const secure = { ...options, server: { ...options.server, security: 'starttls' as const } };
  const failure = await SmtpSession.open(secure).catch((error: unknown) => error);
  expect((failure as SmtpFailure).trouble).toMatchObject({ phase: 'starttls', reply: { code: 502 } });
  expect(server.commands.filter((line) => line.startsWith('AUTH'))).toEqual([]);
});

it('a secret echoed by the server, in any form, does not come back', async () => {
  const echo = Buffer.from('\0ann@example.org\0s3cret-word').toString('base64');
  const { options } = await start({ auth: `501 5.5.2 Cannot decode ${echo} s3cret-word` });
  const failure = await SmtpSession.open(options).catch((error: unknown) => error);
  expect((failure as SmtpFailure).trouble.reply?.text).toBe('Cannot decode [secret] [secret]');
});

it.each([
  ['plain', `AUTH PLAIN ${Buffer.from('\0ann@example.org\0s3cret-word').toString('base64')}`],
  ['login', 'AUTH LOGIN'],
  [
    'xoauth2',
    `AUTH XOAUTH2 ${Buffer.from('user=ann@example.org\x01auth=Bearer s3cret-word\x01\x01').toString('base64')}`,
  ],
] as const)('%s authenticates with one AUTH, and EHLO does not name the host', async (mechanism, line) => {
  const { server, options } = await start({});
  await open({ ...options, credential: { ...options.credential, mechanism } });
  expect(server.commands.slice(0, 2)).toEqual(['EHLO [127.0.0.1]', line]);
});

it.each([
  ['offers no AUTH, whatever its name', '250-auth.example.org\r\n250 8BITMIME'],
  ['knows only HELO', '500 5.5.1 EHLO?'],
])('a server that %s is sent no credential', async (_what, ehlo) => {
  const { server, options } = await start({ ehlo, helo: '250 auth.example.org' });
  const session = await open(options);
  expect(session.alive).toBe(true);
  expect(server.commands.filter((each) => each.startsWith('AUTH'))).toEqual([]);
});

it('an XOAUTH2 refusal by challenge costs one login, not two', async () => {
  let step: Step = '334 eyJzdGF0dXMiOiI0MDAifQ==';
  const { server, options } = await start({});
  server.script = {
    get auth(): Step {
      const now = step;
      step = '535 5.7.8 no';
      return now;
    },
  };
  const failure = await SmtpSession.open({
    ...options,
    credential: { ...options.credential, mechanism: 'xoauth2' },
  }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SmtpFailure);
  expect(server.commands.filter((each) => each.startsWith('AUTH'))).toHaveLength(1);
});

it('one connection carries several messages, and is closed when QUIT is answered', async () => {
  const { server, options } = await start({});
  const session = await open(options);
  for (const name of ['a', 'b', 'c']) {
    const result = await session.send({
      from: 'ann@example.org',
      to: [`${name}@example.org`],
      content,
      beforeHandOver: () => Promise.resolve(true),
    });
    expect(result.kind).toBe('accepted');
  }
  expect(await session.quit()).toBe(true);
  expect(server.connections).toBe(1);
  expect(server.commands.at(-1)).toBe('QUIT');
});

describe.each([
  ['starttls', 'starttls'],
  ['tls', 'connect'],
] as const)('%s with a certificate out of date, which smtp-server brings along', (security, phase) => {
  async function secureServer(security: 'starttls' | 'tls'): Promise<SmtpSessionOptions> {
    const taken = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH'],
      secure: security === 'tls',
    });
    // A client that refuses the certificate goes away in the middle of the handshake.
    taken.on('error', () => {});
    const { options } = await start({});
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    closing.push(() => taken.close());
    const { port } = taken.server.address() as AddressInfo;
    return { ...options, server: { host: '127.0.0.1', port, security } };
  }

  it('is refused', async () => {
    const failure = await SmtpSession.open(await secureServer(security)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SmtpFailure);
    expect((failure as SmtpFailure).lingering).toBe(false);
    expect(classifyTrouble((failure as SmtpFailure).trouble)).toMatchObject({
      code: 'certificate-expired',
      phase,
    });
  });

  it('is taken where the profile says so', async () => {
    const options = await secureServer(security);
    const session = await open({ ...options, server: { ...options.server, allowInvalidCertificate: true } });
    expect(session.alive).toBe(true);
    // Seen closed by the server, also below TLS.
    expect(await session.quit()).toBe(true);
  });
});
