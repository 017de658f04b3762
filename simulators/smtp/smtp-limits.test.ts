/**
 * Policy: a limit bites at the phase its provider bites at, with its literal words, and does what its breach says;
 * what was refused is not accepted, what was let through is.
 */
import { afterEach, expect, test } from 'vitest';
import { SteppedClock } from '../clock/stepped-clock.ts';
import type { LimiterDefinition } from '../limits/limiter.ts';
import { smtp as dovecotPostfix } from '../profiles/dovecot-postfix/smtp.ts';
import { smtp as exchangeOnline } from '../profiles/exchange-online/smtp.ts';
import { smtp as exchangeOnprem } from '../profiles/exchange-onprem/smtp.ts';
import { smtp as gmailConsumer } from '../profiles/gmail-consumer/smtp.ts';
import { smtp as yahoo } from '../profiles/yahoo/smtp.ts';
import { type Bench, openBench, receiver, sender } from './testing/dialogue.ts';

const startMs = Date.UTC(2026, 0, 5, 8);

let bench: Bench;
afterEach(() => bench.close());

const limiter = (definition: Partial<LimiterDefinition>): LimiterDefinition => ({
  id: 'limit',
  protocol: 'smtp',
  unit: 'messages',
  limit: 1,
  window: { kind: 'sliding', periodMs: 60_000 },
  key: ['account'],
  judgedAt: { phase: 'commit', command: 'DATA' },
  breach: { action: 'delay' },
  confidence: 'ours',
  source: 'this test',
  ...definition,
});
const accepted = (): number => bench.context.mail.truth.submissions.length;

test('Exchange Online: the fourth connection of a mailbox is refused at the end of DATA', async () => {
  const limits = [
    limiter({
      unit: 'connections',
      limit: 3,
      window: { kind: 'concurrency', from: 'authenticated' },
      breach: {
        action: 'reject',
        reply: '432 4.3.2 Concurrent connections limit exceeded. [Hostname={host}]',
      },
    }),
  ];
  bench = openBench(exchangeOnline, { limits });
  const clients = [1, 2, 3, 4].map(() => bench.inMemory());
  for (const client of clients) expect(await client.signIn()).toMatch(/^235 /);
  const [first, , , fourth] = clients;
  expect(await fourth?.submit()).toBe(
    '432 4.3.2 Concurrent connections limit exceeded. [Hostname=smtp.office365.com]',
  );
  expect(await first?.submit()).toMatch(/^250 /);
  expect(await first?.say('QUIT')).toMatch(/^221 /);
  await first?.reply();
  expect(await fourth?.submit()).toMatch(/^250 /);
});

test('a delay holds the reply, and the message, until the window has room', async () => {
  const clock = new SteppedClock(startMs);
  bench = openBench(exchangeOnline, { limits: [limiter({})], clock });
  const client = bench.inMemory();
  await client.signIn();
  await client.submit();
  const late = client.submit();
  while (!bench.events.some(({ kind }) => kind === 'throttle')) await new Promise(setImmediate);
  await clock.advance(59_999);
  expect(accepted()).toBe(1);
  await clock.advance(1);
  expect(await late).toMatch(/^250 /);
  expect(accepted()).toBe(2);
});

test('recipients of a day are refused after the final dot, and later let through', async () => {
  const reply = '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; [Hostname={host}]';
  const clock = new SteppedClock(startMs);
  const limits = [limiter({ unit: 'recipients', limit: 2, breach: { action: 'reject', reply } })];
  bench = openBench(exchangeOnline, { limits, clock });
  const client = bench.inMemory();
  await client.signIn();
  expect(await client.submit({ to: [receiver.address, 'eve@elsewhere.test'] })).toMatch(/^250 /);
  expect(await client.submit()).toMatch(/^554 5\.2\.0 .*SubmissionQuotaExceededException/);
  await clock.advance(59_999);
  expect(await client.submit()).toMatch(/^554 5\.2\.0 /);
  await clock.advance(1);
  expect(await client.submit()).toMatch(/^250 /);
});

test('Gmail: too many logins are refused at AUTH, before the password is looked at', async () => {
  const reply = '454 4.7.0 Too many login attempts, please try again later. {sid} - gsmtp';
  bench = openBench(gmailConsumer, {
    limits: [
      limiter({
        unit: 'logins',
        judgedAt: { phase: 'command', command: 'AUTH' },
        breach: { action: 'reject', reply },
      }),
    ],
  });
  expect(await bench.inMemory().signIn()).toMatch(/^235 /);
  expect(await bench.inMemory().signIn()).toMatch(
    /^454 4\.7\.0 Too many login attempts, please try again later\. \S+ - gsmtp$/,
  );
});

test('Gmail: too many sessions are refused at DATA, and closed', async () => {
  const reply = '421 4.3.0 Temporary System Problem.  Try again later (10). {sid} - gsmtp';
  bench = openBench(gmailConsumer, {
    limits: [
      limiter({
        unit: 'connections',
        window: { kind: 'concurrency', from: 'authenticated' },
        judgedAt: { phase: 'command', command: 'DATA' },
        breach: { action: 'reject', reply, close: true },
      }),
    ],
  });
  await bench.inMemory().signIn();
  const client = bench.inMemory();
  await client.signIn();
  expect(await client.submit()).toMatch(/^421 4\.3\.0 Temporary System Problem\./);
  expect(await client.reply()).toBe('closed');
});

test('Exchange: the message rate is refused at MAIL, and the connection closed', async () => {
  const reply = '421 4.4.2 Message submission rate for this client has exceeded the configured limit';
  bench = openBench(exchangeOnprem, {
    limits: [
      limiter({
        judgedAt: { phase: 'command', command: 'MAIL' },
        breach: { action: 'reject', reply, close: true },
      }),
    ],
  });
  const client = bench.inMemory();
  await client.signIn();
  expect(await client.submit()).toMatch(/^250 /);
  expect(await client.submit()).toBe(reply);
  expect(await client.reply()).toBe('closed');
});

test.each(['close-after', 'silent-close'] as const)(
  'Yahoo: %s ends the connection with the last message',
  async (action) => {
    bench = openBench(yahoo, {
      limits: [
        limiter({
          // `close-after` serves up to its limit; a silent close comes with the one that is over it.
          limit: action === 'close-after' ? 2 : 1,
          window: { kind: 'per-connection' },
          key: ['connection'],
          judgedAt: { phase: 'committed', command: 'DATA' },
          breach: { action },
        }),
      ],
    });
    const client = bench.inMemory();
    await client.signIn();
    expect(await client.submit()).toMatch(/^250 /);
    expect(await client.submit()).toMatch(/^250 /);
    expect(await client.reply()).toBe('closed');
    expect(accepted()).toBe(2);
  },
);

test('Postfix: too many connections meet a 421 in place of the banner', async () => {
  const reply = '421 4.7.0 {host} Error: too many connections from {client}';
  bench = openBench(dovecotPostfix, {
    limits: [
      limiter({
        unit: 'connections',
        key: ['ip'],
        window: { kind: 'concurrency', from: 'connected' },
        judgedAt: { phase: 'banner' },
        breach: { action: 'reject', reply, close: true },
      }),
    ],
  });
  await bench.inMemory().reply();
  const client = bench.inMemory();
  expect(await client.reply()).toBe(
    '421 4.7.0 mail.postfix.test Error: too many connections from unknown[127.0.0.1]',
  );
  expect(await client.reply()).toBe('closed');
});

test('recipients of one message over the limit are refused at RCPT, and the others stand', async () => {
  bench = openBench(dovecotPostfix, {
    limits: [
      limiter({
        unit: 'recipients',
        limit: 2,
        window: { kind: 'per-request' },
        judgedAt: { phase: 'command', command: 'RCPT' },
        breach: { action: 'reject', reply: '452 4.5.3 Error: too many recipients' },
      }),
    ],
  });
  const client = bench.inMemory();
  await client.signIn();
  for (let round = 0; round < 2; round += 1) {
    expect(await client.submit({ to: ['a@elsewhere.test', 'b@elsewhere.test', 'c@elsewhere.test'] })).toBe(
      '452 4.5.3 Error: too many recipients',
    );
    expect(await client.say('DATA')).toMatch(/^354 /);
    expect(await client.say('.')).toMatch(/^250 /);
  }
  expect(bench.context.mail.truth.submissions.map(({ recipients }) => recipients.length)).toEqual([2, 2]);
});

test('a deferred bounce accepts the message, delivers it to nobody, and says so by mail', async () => {
  bench = openBench(exchangeOnline, {
    limits: [
      limiter({
        unit: 'recipients',
        window: { kind: 'per-request' },
        breach: {
          action: 'deferred-bounce',
          reply: '550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients',
        },
      }),
    ],
    speed: 1000,
  });
  const bounced = new Promise<void>((resolve) =>
    bench.context.mail.find(sender.address)?.onChange((change) => {
      if (change.kind === 'arrived' && change.folder.name === 'INBOX') resolve();
    }),
  );
  const client = bench.inMemory();
  await client.signIn();
  expect(await client.submit({ to: [receiver.address, 'eve@elsewhere.test'] })).toMatch(/^250 /);
  await bounced;
  const { truth } = bench.context.mail;
  expect(truth.everDelivered(receiver.address)).toEqual([]);
  expect(truth.outside).toEqual([]);
  expect(truth.submissions[0]?.recipients.map(({ outcome }) => outcome)).toEqual(['dropped', 'dropped']);
  const bounce = truth.everDelivered(sender.address).find(({ folder }) => folder === 'INBOX');
  expect(bounce?.message.raw.toString()).toContain(
    'Diagnostic-Code: smtp; 550 5.5.3 RESOLVER.ADR.RecipLimit',
  );
});

test('a login that works and is then dead', async () => {
  bench = openBench(dovecotPostfix, {
    limits: [
      limiter({
        unit: 'logins',
        limit: 0,
        judgedAt: { phase: 'command', command: 'AUTH' },
        breach: { action: 'login-ok-then-dead', reply: '451 4.3.0 Temporary lookup failure' },
      }),
    ],
  });
  const client = bench.inMemory();
  expect(await client.signIn()).toMatch(/^235 /);
  expect(await client.submit()).toBe('451 4.3.0 Temporary lookup failure');
  expect(await client.say('QUIT')).toMatch(/^221 /);
});
