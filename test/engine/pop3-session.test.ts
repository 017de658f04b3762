/**
 * Policy for a POP3 session, over real TCP against a server that does as it is told:
 *
 * - No credential before TLS where TLS is asked for, none in an error.
 * - As few round trips as the server is known to allow; knowledge that proves wrong heals itself.
 * - Every failure is classified and tells its phase; silence, endless replies and cut connections included.
 * - A message arrives byte for byte or not at all.
 */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { SyncError } from '../../engine/errors/engine-error.ts';
import { NodeConnector } from '../../engine/net/node-connector.ts';
import { Capabilities } from '../../engine/pop3/capabilities.ts';
import { type OpenedPop3, openPop3, type Pop3Access, Pop3NotOpened } from '../../engine/pop3/open-pop3.ts';
import type { Retrieval } from '../../engine/pop3/retrieve.ts';
import { type Maildrop, multi, type Pop3Script, ScriptedPop3Server } from './scripted-pop3-server.ts';
import { systemClock } from './system-clock.ts';

const secret = 'correct horse battery';
const servers: ScriptedPop3Server[] = [];
const opened: OpenedPop3[] = [];

afterEach(() => {
  for (const { session } of opened.splice(0)) session.close();
  for (const server of servers.splice(0)) server.close();
});

async function serve(script: Pop3Script = {}, maildrop: readonly Maildrop[] = []) {
  const server = new ScriptedPop3Server(script, maildrop);
  servers.push(server);
  const port = await server.listen();
  const open = async (options: Partial<Pop3Access> & { mechanism?: string } = {}): Promise<OpenedPop3> => {
    const mechanism = (options.mechanism ?? 'password') as Pop3Access['credential']['mechanism'];
    const result = await openPop3({
      server: { host: '127.0.0.1', port, security: 'none' },
      credential: { username: 'ann', secret: 'ann', mechanism },
      secret: () => Promise.resolve(secret),
      connector: new NodeConnector(),
      clock: systemClock,
      silenceMs: 5_000,
      signal: new AbortController().signal,
      known: undefined,
      ...options,
    });
    opened.push(result);
    return result;
  };
  return { server, open, port };
}

async function failure(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (error instanceof SyncError) return error.classified;
    throw error;
  }
  throw new Error('It did not fail.');
}

async function all(retrieval: Retrieval): Promise<string[]> {
  const bodies: string[] = [];
  for await (const fetched of retrieval) {
    bodies.push('bytes' in fetched ? fetched.bytes.toString('latin1') : fetched.refusal.message);
  }
  return bodies;
}

const known = (...lines: string[]) => ({ capabilities: new Capabilities(lines), saslForm: undefined });
const wanted = (...numbers: number[]) => numbers.map((number) => ({ number, announcedBytes: 100 }));
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('logging in', () => {
  it('asks what the server can do, once, and remembers', async () => {
    const { server, open } = await serve({ capa: ['USER', 'UIDL', 'PIPELINING'] });
    const { learned } = await open();
    expect(server.last.writes).toEqual([['CAPA'], ['USER ann', `PASS ${secret}`]]);
    await open({ known: learned });
    expect(server.last.writes).toEqual([['USER ann', `PASS ${secret}`]]);
  });

  it('sends nothing ahead to a server that does not say it takes it', async () => {
    const { server, open } = await serve({ capa: undefined });
    await open();
    expect(server.last.writes).toEqual([['CAPA'], ['USER ann'], [`PASS ${secret}`]]);
  });

  it('APOP sends the digest of timestamp and secret', async () => {
    const stamp = '<1896.697170952@dbc.mtview.ca.us>';
    const { server, open } = await serve({ greeting: `+OK POP3 server ready ${stamp}\r\n` });
    await open({ mechanism: 'apop', known: known() });
    const digest = createHash('md5').update(`${stamp}${secret}`).digest('hex');
    expect(server.last.commands).toEqual([`APOP ann ${digest}`]);
  });

  it('APOP without a timestamp is a matter of the settings', async () => {
    const { open } = await serve();
    expect(await failure(open({ mechanism: 'apop' }))).toMatchObject({
      class: 'config',
      code: 'pop3-apop-not-offered',
    });
  });

  it('AUTH PLAIN goes with its response; LOGIN is asked for both', async () => {
    const plain = await serve({ answer: (line) => (line.startsWith('AUTH') ? '+OK\r\n' : undefined) });
    await plain.open({ mechanism: 'plain', known: known() });
    expect(plain.server.last.commands).toEqual([`AUTH PLAIN ${base64(`\0ann\0${secret}`)}`]);
    const login = await serve({
      answer: (line) =>
        line === 'AUTH LOGIN'
          ? '+ VXNlcm5hbWU6\r\n'
          : line === base64('ann')
            ? '+ UGFzc3dvcmQ6\r\n'
            : '+OK\r\n',
    });
    await login.open({ mechanism: 'login', known: known() });
    expect(login.server.last.commands).toEqual(['AUTH LOGIN', base64('ann'), base64(secret)]);
  });

  it('XOAUTH2 falls back to two lines where one is refused, and remembers', async () => {
    const response = base64(`user=ann\x01auth=Bearer ${secret}\x01\x01`);
    const { server, open } = await serve({
      answer: (line) => {
        if (line === 'AUTH XOAUTH2') return '+ \r\n';
        if (line.startsWith('AUTH XOAUTH2 ')) return '-ERR Protocol error\r\n';
        return line === response ? '+OK User successfully authenticated.\r\n' : undefined;
      },
    });
    const { learned } = await open({ mechanism: 'xoauth2', known: known('SASL XOAUTH2') });
    expect(learned.saslForm).toBe('two-line');
    await open({ mechanism: 'xoauth2', known: learned });
    expect(server.last.commands).toEqual(['AUTH XOAUTH2', response]);
  });

  it('XOAUTH2 takes two lines at once on Exchange', async () => {
    const { server, open } = await serve({
      greeting: '+OK The Microsoft Exchange POP3 service is ready. [RABNADQA]\r\n',
      answer: (line) => (line === 'AUTH XOAUTH2' ? '+ \r\n' : '+OK\r\n'),
    });
    await open({ mechanism: 'xoauth2', known: known() });
    expect(server.last.commands).toHaveLength(2);
  });

  it.each([
    ['xoauth2', ''],
    ['oauthbearer', 'AQ=='],
  ])('%s answers the challenge that carries the error, and believes it slowly', async (mechanism, answer) => {
    const { server, open } = await serve({
      answer: (line) => (line.startsWith('AUTH') ? '+ eyJzdGF0dXMiOiI0MDAifQ==\r\n' : '-ERR [AUTH] no\r\n'),
    });
    expect(
      await failure(open({ mechanism, known: { capabilities: new Capabilities([]), saslForm: 'one-line' } })),
    ).toMatchObject({ class: 'auth-maybe', code: 'pop3-token-refused', phase: 'auth' });
    expect(server.last.commands[1]).toBe(answer);
  });

  it('a refused password is told as the server means it, without the password it repeats', async () => {
    const { open } = await serve({
      answer: (line) => (line.startsWith('PASS') ? `-ERR [AUTH] "${secret}" is wrong\r\n` : undefined),
    });
    const error = await failure(open());
    expect(error).toMatchObject({ class: 'auth-dead', code: 'pop3-auth-refused', phase: 'auth' });
    expect(error.text).toBe('[AUTH] "[redacted]" is wrong');
  });

  it('a line break in a credential never reaches the server', async () => {
    const { server, open } = await serve({ capa: ['USER'] });
    expect(await failure(open({ secret: () => Promise.resolve('x\r\nDELE 1') }))).toMatchObject({
      class: 'config',
      code: 'pop3-credential-invalid',
    });
    expect(server.last.commands).toEqual(['CAPA']);
  });

  it('a secret that cannot be read is a matter of the settings', async () => {
    const { open } = await serve();
    expect(await failure(open({ secret: () => Promise.reject(new Error('no such file')) }))).toMatchObject({
      class: 'config',
      code: 'secret-unavailable',
    });
  });
});

describe('what was remembered wrongly', () => {
  it('is asked for again on the same connection, and the login repeated', async () => {
    let refused = false;
    const { server, open } = await serve({
      capa: ['SASL PLAIN', 'UIDL'],
      answer: (line) => {
        if (line.startsWith('AUTH PLAIN')) return '+OK\r\n';
        if (!/^(USER|PASS)/.test(line)) return undefined;
        refused = true;
        return '-ERR use SASL\r\n';
      },
    });
    const { learned } = await open({ known: known('USER', 'PIPELINING') });
    expect(refused).toBe(true);
    expect(learned.capabilities.lines).toEqual(['SASL PLAIN', 'UIDL']);
    expect(server.visits).toHaveLength(1);
  });

  it('does not repeat a login that was rightly refused', async () => {
    const { server, open } = await serve({
      capa: ['USER'],
      answer: (line) => (line.startsWith('PASS') ? '-ERR [AUTH] no\r\n' : undefined),
    });
    expect(await failure(open({ known: known('USER') }))).toMatchObject({ class: 'auth-dead' });
    expect(server.last.commands.filter((line) => line.startsWith('PASS'))).toHaveLength(1);
  });

  it('does not come back early to a server that throttles', async () => {
    const { server, open } = await serve({
      answer: (line) => (line.startsWith('PASS') ? '-ERR [LOGIN-DELAY] wait 300 seconds\r\n' : undefined),
    });
    expect(await failure(open({ known: known('USER') }))).toMatchObject({
      class: 'throttled',
      retryAfterMs: 300_000,
    });
    expect(server.last.commands.at(-1)).toBe(`PASS ${secret}`);
  });
});

describe('before TLS', () => {
  it('no credential is sent to a server that refuses STLS', async () => {
    const { server, open, port } = await serve({ capa: ['USER'] });
    const error = await failure(open({ server: { host: '127.0.0.1', port, security: 'starttls' } }));
    expect(error).toMatchObject({ class: 'config', code: 'pop3-tls-not-offered', phase: 'tls' });
    expect(server.last.commands).toEqual(['STLS']);
  });

  it('a trouble that passes is not taken for a refusal', async () => {
    const { open, port } = await serve({ answer: () => '-ERR [SYS/TEMP] later\r\n' });
    const error = await failure(open({ server: { host: '127.0.0.1', port, security: 'starttls' } }));
    expect(error).toMatchObject({ class: 'transient', code: 'pop3-system-trouble' });
  });
});

describe('the maildrop', () => {
  const drop = [
    { uidl: 'a', bytes: 'Subject: one\r\n\r\n.dot\r\n..\r\n.\r\n' },
    { uidl: 'b', bytes: 'Subject: two\r\n\r\n' },
    { uidl: 'c', bytes: `Subject: three\r\n\r\n${'x'.repeat(200_000)}\r\n` },
  ];

  it.each([[['PIPELINING']], [[]]])('is listed and fetched byte for byte (%j)', async (capa) => {
    const { open } = await serve({ capa }, drop);
    const { session } = await open();
    expect(await session.uidl()).toEqual(drop.map(({ uidl }, index) => ({ number: index + 1, uidl })));
    expect([...(await session.list())]).toEqual(drop.map(({ bytes }, index) => [index + 1, bytes.length]));
    expect(await all(session.retrieve(wanted(1, 2, 3), 1e6))).toEqual(drop.map(({ bytes }) => bytes));
    expect(await all(session.headers([2]))).toEqual(['Subject: two\r\n\r\n']);
    await session.quit();
  });

  it('is fetched ahead where the server takes it, and one by one where not', async () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ uidl: `u${index}`, bytes: `${index}\r\n` }));
    const ahead = await serve({ capa: ['PIPELINING'] }, many);
    const numbers = many.map((_, index) => index + 1);
    await all((await ahead.open()).session.retrieve(wanted(...numbers), 1000));
    expect(ahead.server.last.writes.at(-1)).toHaveLength(20);
    const single = await serve({ capa: ['UIDL'] }, many);
    await all((await single.open()).session.retrieve(wanted(...numbers), 1000));
    expect(single.server.last.writes.every((write) => write.length === 1)).toBe(true);
  });

  it('lets a refused message be, and goes on', async () => {
    const { open } = await serve(
      {
        capa: ['PIPELINING'],
        answer: (line) => (line === 'RETR 2' ? '-ERR Message 2 expunged.\r\n' : undefined),
      },
      drop,
    );
    const { session } = await open();
    const bodies = await all(session.retrieve(wanted(1, 2, 3), 1e6));
    expect(bodies).toEqual([drop[0]?.bytes, 'Message 2 expunged.', drop[2]?.bytes]);
  });

  it('never hands out a message that was cut off', async () => {
    const { open } = await serve(
      {
        capa: ['PIPELINING'],
        answer: (line) => (line === 'RETR 2' ? { say: '+OK\r\nSubject: tw', end: 'close' } : undefined),
      },
      drop,
    );
    const { session } = await open();
    const retrieval = session.retrieve(wanted(1, 2, 3), 1e6);
    expect(await all(retrieval)).toEqual([drop[0]?.bytes]);
    expect(retrieval.broken).toMatchObject({ number: 2, begun: true });
    expect(retrieval.broken?.error.classified).toMatchObject({ code: 'connection-lost', phase: 'retr' });
  });

  it('reads no more of a message than it may have', async () => {
    const { open } = await serve({ capa: ['PIPELINING'] }, drop);
    const { session } = await open();
    const retrieval = session.retrieve(wanted(1, 3, 2), 1000);
    expect(await all(retrieval)).toEqual([drop[0]?.bytes]);
    expect(retrieval.broken).toMatchObject({ number: 3 });
    expect(retrieval.broken?.error.classified).toMatchObject({
      class: 'item-permanent',
      code: 'message-too-large',
    });
  });

  it('a listing that is cut off is no listing', async () => {
    const { open } = await serve({
      answer: (line) => (line === 'UIDL' ? { say: '+OK\r\n1 a\r\n2 b\r\n', end: 'close' } : undefined),
    });
    const { session } = await open();
    expect(await failure(session.uidl())).toMatchObject({ code: 'connection-lost', phase: 'uidl' });
  });

  it('deletes what was marked, and tells when QUIT was not confirmed', async () => {
    const { server, open } = await serve({ capa: ['PIPELINING'] }, drop);
    const { session } = await open();
    expect(await session.delete([1, 3])).toEqual([1, 3]);
    await session.quit();
    expect(server.maildrop.map(({ uidl }) => uidl)).toEqual(['b']);
    server.script.answer = (line) =>
      line === 'QUIT' ? '-ERR some deleted messages not removed\r\n' : undefined;
    const again = await open();
    expect(await failure(again.session.quit())).toMatchObject({
      code: 'pop3-not-all-deleted',
      phase: 'quit',
    });
  });
});

describe('a server that misbehaves', () => {
  it.each<[string, Pop3Script, { code: string; phase: string; class?: string }]>([
    ['is silent', { greeting: { silent: true } }, { code: 'connection-timeout', phase: 'greeting' }],
    [
      'closes at once',
      { greeting: { say: '', end: 'close' } },
      { code: 'connection-lost', phase: 'greeting' },
    ],
    ['resets', { answer: () => ({ say: '', end: 'reset' }) }, { code: 'connection-lost', phase: 'capa' }],
    [
      'greets with an error',
      { greeting: '-ERR too many connections\r\n' },
      { code: 'pop3-connection-limit', phase: 'greeting', class: 'throttled' },
    ],
    [
      'speaks something else',
      { greeting: '* OK IMAP4rev1 ready\r\n' },
      { code: 'pop3-protocol', phase: 'greeting' },
    ],
    [
      'never ends a line',
      { greeting: `+OK ${'x'.repeat(20_000)}` },
      { code: 'pop3-protocol', phase: 'greeting' },
    ],
    [
      'says more than it was asked',
      { answer: () => '-ERR no\r\n+OK\r\n' },
      { code: 'pop3-protocol', phase: 'capa' },
    ],
    [
      'never ends a listing',
      { answer: (line) => (line === 'CAPA' ? multi('X\r\n'.repeat(50_000)) : undefined) },
      { code: 'pop3-reply-too-large', phase: 'capa' },
    ],
    [
      'falls silent in mid reply',
      { answer: () => '+OK\r\nUSER\r\n' },
      { code: 'connection-timeout', phase: 'capa' },
    ],
  ])('%s', async (_what, script, expected) => {
    const { open } = await serve(script);
    expect(await failure(open({ silenceMs: 150 }))).toMatchObject({ class: 'transient', ...expected });
  });

  it('is not waited for once the cycle is ended', async () => {
    const stop = new AbortController();
    const { open } = await serve({
      answer: () => {
        stop.abort();
        return { silent: true };
      },
    });
    expect(await failure(open({ signal: stop.signal }))).toMatchObject({
      code: 'cycle-aborted',
      phase: 'capa',
    });
  });

  it('has its last words heard', async () => {
    const { server, open } = await serve();
    const { session } = await open();
    const idle = '-ERR Disconnected for inactivity.\r\n';
    server.script.answer = () => ({ say: idle, end: 'close' });
    expect(await failure(session.uidl())).toMatchObject({ code: 'pop3-idle', class: 'transient' });
  });

  it('leaves nothing open behind', async () => {
    const { server, open } = await serve({ greeting: '-ERR [SYS/TEMP] no\r\n' });
    await failure(open());
    await expect.poll(() => server.openNow).toBe(0);
  });
});

describe('the end of a connection', () => {
  it.each([
    ['after QUIT', true],
    ['without QUIT', false],
  ])('is the server’s, seen by us, %s', async (_, quits) => {
    const { open } = await serve();
    const { session } = await open();
    if (quits) await session.quit();
    expect(await session.close()).toBe(true);
  });

  it('is seen after a refusal', async () => {
    const refusing = await serve({ answer: (line) => (line.startsWith('PASS') ? '-ERR no\r\n' : undefined) });
    const refused: unknown = await refusing.open().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Pop3NotOpened);
    expect(refused).toMatchObject({ lingering: false });
    expect(refusing.server.openNow).toBe(0);
  });
});
