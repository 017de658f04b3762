/**
 * Policy: every fault a rule can name is seen by the client at the place the rule says, does exactly what it says to
 * the effect and to the reply, and leaves the books telling the truth about both.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { smtp as dovecotPostfix } from '../profiles/dovecot-postfix/smtp.ts';
import type { Action, Phase, Rule } from '../rules/rule.ts';
import { type Bench, type Dialogue, message, openBench, receiver, sender } from './testing/dialogue.ts';

let bench: Bench;
afterEach(() => bench.close());

const open = (
  phase: Phase,
  command: string | undefined,
  what: Action,
  more: Partial<Rule> = {},
): Dialogue => {
  const where = { phase, ...(command === undefined ? {} : { command }) };
  bench = openBench(dovecotPostfix, { rules: [{ id: 'r', where, what, ...more }], speed: 100 });
  return bench.inMemory();
};
const submissions = (): readonly unknown[] => bench.context.mail.truth.submissions;
const delivered = (): number => bench.context.mail.truth.everDelivered(receiver.address).length;

test('a reply instead of the banner, and the end of the connection', async () => {
  const client = open('banner', undefined, { kind: 'reply', text: '554 No SMTP service here', close: true });
  expect(await client.reply()).toBe('554 No SMTP service here');
  expect(await client.reply()).toBe('closed');
});

test('a client that talks before a delayed banner is told off and left', async () => {
  const client = open('banner', undefined, { kind: 'delay', delayMs: 5_000 });
  expect(await client.say('EHLO client.test')).toBe('554 5.5.0 Error: SMTP protocol synchronization');
  expect(await client.reply()).toBe('closed');
});

test('a delayed banner comes after its delay', async () => {
  const client = open('banner', undefined, { kind: 'delay', delayMs: 5_000 });
  const startMs = bench.context.clock.now();
  expect(await client.reply()).toBe('220 mail.postfix.test ESMTP Postfix');
  expect(bench.context.clock.now() - startMs).toBeGreaterThanOrEqual(5_000);
});

describe.each(['EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'RSET', 'NOOP', 'QUIT'])(
  'at the command %s',
  (verb) => {
    const reach = async (client: Dialogue): Promise<string> => {
      await client.reply();
      const ehlo = await client.say('EHLO client.test');
      if (verb === 'EHLO') return ehlo;
      const auth = await client.say(
        `AUTH PLAIN ${Buffer.from('\0ann@alpha.test\0ann-secret').toString('base64')}`,
      );
      if (verb === 'AUTH') return auth;
      if (verb === 'RSET' || verb === 'NOOP' || verb === 'QUIT') return client.say(verb);
      const mail = await client.say(`MAIL FROM:<${sender.address}>`);
      if (verb === 'MAIL') return mail;
      const rcpt = await client.say(`RCPT TO:<${receiver.address}>`);
      return verb === 'RCPT' ? rcpt : client.say('DATA');
    };

    test('a reply is said instead of doing it', async () => {
      const client = open('command', verb, { kind: 'reply', text: '451 4.3.0 not now' });
      expect(await reach(client)).toBe('451 4.3.0 not now');
      expect(client.closed).toBe(false);
    });

    test('a reset or a close ends the connection without a word', async () => {
      for (const kind of ['reset', 'close'] as const) {
        const client = open('command', verb, { kind });
        expect(await reach(client)).toBe('closed');
        bench.close();
      }
    });

    test('a lost reply is not said, and the connection ends', async () => {
      expect(await reach(open('reply', verb, { kind: 'commit-then-drop', end: 'close' }))).toBe('closed');
    });

    test('a reply breaks off after so many bytes', async () => {
      expect(await reach(open('reply', verb, { kind: 'cut', afterBytes: 2, end: 'close' }))).toMatch(
        /^broken off: \d\d$/,
      );
    });

    test('garbage comes first, then the reply', async () => {
      const client = open('reply', verb, { kind: 'garbage', text: '299 ?!' });
      expect(await reach(client)).toBe('299 ?!');
      expect(await client.reply()).toMatch(/^[23]\d\d[ -]/);
    });

    test('a reply comes twice', async () => {
      const client = open('reply', verb, { kind: 'duplicate-reply' });
      const once = await reach(client);
      expect(once).toMatch(/^[23]\d\d[ -]/);
      expect(await client.reply()).toBe(once);
    });
  },
);

test('late replies keep their order, and QUIT closes after them', async () => {
  const client = open('reply', 'NOOP', { kind: 'delay', delayMs: 2_000 });
  await client.reply();
  client.send('NOOP\r\nRSET\r\nQUIT\r\n');
  expect(await client.reply()).toBe('250 2.0.0 Ok');
  expect(await client.reply()).toBe('250 2.0.0 Ok');
  expect(await client.reply()).toBe('221 2.0.0 Bye');
  expect(bench.events.flatMap((event) => (event.kind === 'reply' ? [event.command] : []))).toEqual([
    '',
    'NOOP',
    'RSET',
    'QUIT',
  ]);
});

test.each(['hang', 'half-open'] as const)(
  '%s: nothing is answered any more, and nobody closes',
  async (kind) => {
    const client = open('command', 'NOOP', { kind });
    await client.reply();
    client.send('NOOP\r\nQUIT\r\n');
    // Twice the idle time-out: a server that still lived would have spoken.
    await new Promise<void>((resolve) =>
      bench.context.clock.setTimeout(resolve, (2 * dovecotPostfix.idleTimeoutMs) / 100),
    );
    expect(client.closed).toBe(false);
    expect(bench.events.filter(({ kind: what }) => what === 'reply')).toHaveLength(1);
  },
);

describe('message data', () => {
  test('an upload cut off is nothing at all', async () => {
    const client = open('body', 'DATA', { kind: 'cut', afterBytes: 20, end: 'close' });
    await client.signIn();
    expect(await client.submit()).toBe('closed');
    expect(submissions()).toEqual([]);
    expect(delivered()).toBe(0);
  });

  test('a refusal before the effect leaves no effect', async () => {
    const client = open('commit', 'DATA', { kind: 'reply', text: '451 4.3.0 Error: queue file write error' });
    await client.signIn();
    expect(await client.submit()).toBe('451 4.3.0 Error: queue file write error');
    expect(submissions()).toEqual([]);
  });

  test.each(['reset', 'close'] as const)('%s before the effect leaves no effect', async (kind) => {
    const client = open('commit', 'DATA', { kind });
    await client.signIn();
    expect(await client.submit()).toBe('closed');
    expect(submissions()).toEqual([]);
  });

  test.each([
    ['commit', { kind: 'commit-then-drop' }],
    ['committed', { kind: 'commit-then-drop', end: 'close' }],
    ['committed', { kind: 'reset' }],
    ['committed', { kind: 'cut', afterBytes: 0 }],
  ] as const)('%s with %o: accepted, and the reply is lost', async (phase, what) => {
    const client = open(phase, 'DATA', what);
    await client.signIn();
    expect(await client.submit()).toBe('closed');
    expect(submissions()).toMatchObject([{ acknowledged: false, messageId: '<m1@client.test>' }]);
    expect(delivered()).toBe(1);
  });

  test('accepted, though the reply says otherwise', async () => {
    const client = open('committed', 'DATA', { kind: 'reply', text: '451 4.3.0 try again' });
    await client.signIn();
    expect(await client.submit()).toBe('451 4.3.0 try again');
    expect(submissions()).toMatchObject([{ acknowledged: false }]);
    expect(delivered()).toBe(1);
  });

  test('the next message on the connection is none of it', async () => {
    const client = open('commit', 'DATA', { kind: 'reply', text: '451 4.3.0 once' }, { when: { hits: 1 } });
    await client.signIn();
    await client.submit();
    expect(await client.submit({ text: message(sender.address, 'm2@client.test') })).toMatch(/^250 /);
    expect(submissions()).toMatchObject([{ messageId: '<m2@client.test>', acknowledged: true }]);
  });
});

test('kill ends the system under test, and the server goes on with what it has', async () => {
  let killed = 0;
  bench = openBench(dovecotPostfix, {
    rules: [{ id: 'k', where: { phase: 'commit', command: 'DATA' }, what: { kind: 'kill' } }],
    kill: () => {
      killed += 1;
    },
  });
  const client = bench.inMemory();
  await client.signIn();
  expect(await client.submit()).toMatch(/^250 /);
  expect(killed).toBe(1);
  expect(delivered()).toBe(1);
});

describe('STARTTLS', () => {
  test('is refused, and the connection goes on in the clear', async () => {
    open('tls', 'STARTTLS', { kind: 'tls', fault: 'refuse' });
    const client = bench.inMemory({ encrypted: false });
    await client.reply();
    await client.say('EHLO client.test');
    expect(await client.say('STARTTLS')).toBe('454 4.7.0 TLS not available due to local problem');
    expect(await client.say('NOOP')).toBe('250 2.0.0 Ok');
  });

  test('stalls after its reply', async () => {
    open('tls', 'STARTTLS', { kind: 'tls', fault: 'stall' });
    const client = bench.inMemory({ encrypted: false });
    await client.reply();
    await client.say('EHLO client.test');
    expect(await client.say('STARTTLS')).toBe('220 2.0.0 Ready to start TLS');
    client.send('\x16\x03\x01');
    await new Promise<void>((resolve) => bench.context.clock.setTimeout(resolve, 1_000));
    expect(client.closed).toBe(false);
  });
});

test('each exchange is judged once at its reply: AUTH at its last step, DATA at its 354', async () => {
  bench = openBench(dovecotPostfix, {
    rules: [{ id: 'seen', where: { phase: 'reply' }, what: { kind: 'delay', delayMs: 1 } }],
    speed: 100,
  });
  const client = bench.inMemory();
  await client.signIn();
  expect(await client.submit()).toMatch(/^250 /);
  const judged = bench.events.flatMap((event) => (event.kind === 'fault' ? [event.command] : []));
  expect(judged).toEqual(['EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA']);
});
