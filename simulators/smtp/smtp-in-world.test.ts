/**
 * Policy: the service that runs over TCP runs unchanged in a world: the same seed gives the same trace, a day's waits
 * cost no time, and nothing reaches for what the world does not own.
 */

import nodemailer from 'nodemailer';
import { afterEach, expect, test } from 'vitest';
import type { LimiterDefinition } from '../limits/limiter.ts';
import { smtp } from '../profiles/exchange-online/smtp.ts';
import type { Rule } from '../rules/rule.ts';
import { World } from '../world/world.ts';
import { receiver, sender } from './testing/dialogue.ts';

const perMinute: LimiterDefinition = {
  id: 'rate',
  protocol: 'smtp',
  unit: 'messages',
  limit: 3,
  window: { kind: 'sliding', periodMs: 60_000 },
  key: ['account'],
  judgedAt: { phase: 'commit', command: 'DATA' },
  breach: { action: 'delay' },
  confidence: 'ours',
  source: 'this test',
};

let world: World | undefined;
afterEach(() => void world?.end());

async function sendTen(rules: readonly Rule[], tls: boolean, limit = perMinute) {
  world = new World({
    seed: 7,
    providers: [
      {
        profile: { name: 'x', title: 'X', smtp, limits: [limit], faults: [] },
        domain: 'alpha.test',
        mailboxes: [sender, receiver],
      },
    ],
    rules,
    keepEvents: 10_000,
  });
  const running = world;
  const times: number[] = [];
  const failures: string[] = [];
  const life = running.life('client');
  await life.run(() =>
    running.run(async () => {
      for (let n = 0; n < 10; n += 1) {
        const port = tls ? 465 : 587;
        const transport = nodemailer.createTransport({
          host: 'smtp.alpha.test',
          name: 'client.test',
          auth: { user: sender.address, pass: sender.password ?? '' },
          ...(tls ? { secure: true } : { requireTLS: true, tls: { rejectUnauthorized: false } }),
          getSocket: (_options: object, done: (error: Error | null, socket?: object) => void) =>
            running.network
              .connect({ host: 'smtp.alpha.test', port, tls })
              .then(
                (stream) => done(null, { connection: running.network.asSocket(stream), secured: tls }),
                done,
              ),
        } as object);
        const mail = { from: sender.address, to: receiver.address, subject: `Hi ${n}`, text: 'Hello' };
        await transport.sendMail(mail).catch((error: Error) => failures.push(error.message));
        times.push(running.elapsedMs());
      }
    }),
  );
  const { truth } = running.provider('alpha.test').mail;
  const delivered = truth.everDelivered(receiver.address).length;
  const submissions = truth.submissions.map(({ acknowledged }) => acknowledged);
  const end = running.end();
  world = undefined;
  return { ...end, times, failures, delivered, submissions };
}

test.each([
  ['implicit TLS', true],
  ['STARTTLS', false],
])(
  '%s: three messages a minute take their minutes, and twice the same seed gives one trace',
  async (_name, tls) => {
    const first = await sendTen([], tls);
    expect(first.failures).toEqual([]);
    expect(first.delivered).toBe(10);
    expect(first.times[9]).toBeGreaterThan(180_000);
    expect(first.times[9]).toBeLessThan(200_000);
    expect(first.leaks).toEqual([]);
    const second = await sendTen([], tls);
    expect(second.digest).toBe(first.digest);
  },
);

test('a lost reply leaves the client in doubt and the message in the mailbox', async () => {
  const lost: Rule = {
    id: 'lost',
    where: { protocol: 'smtp', phase: 'committed', command: 'DATA' },
    when: { hits: 2 },
    what: { kind: 'commit-then-drop' },
  };
  const { failures, delivered, submissions } = await sendTen([lost], true);
  expect(failures).toHaveLength(1);
  expect(delivered).toBe(10);
  expect(submissions).toEqual([true, false, ...Array.from({ length: 8 }, () => true)]);
});

test.each([true, false])('a reset gives back what limits hold, implicit TLS: %s', async (tls) => {
  const reset: Rule = {
    id: 'reset',
    where: { protocol: 'smtp', phase: 'command', command: 'MAIL' },
    when: { hits: { from: 1, to: 9 } },
    what: { kind: 'reset' },
  };
  const oneAtATime: LimiterDefinition = {
    ...perMinute,
    unit: 'connections',
    limit: 1,
    window: { kind: 'concurrency', from: 'connected' },
    key: ['ip'],
    judgedAt: { phase: 'banner' },
    breach: { action: 'reject', reply: '421 4.7.0 too many', close: true },
  };
  const { failures, delivered, leaks } = await sendTen([reset], tls, oneAtATime);
  expect(failures).toHaveLength(9);
  expect(failures.filter((failure) => failure.includes('too many'))).toEqual([]);
  expect(delivered).toBe(1);
  expect(leaks).toEqual([]);
});

test.each([true, false])('a TLS fault keeps the client out, implicit TLS: %s', async (tls) => {
  for (const fault of ['expired', 'wrong-name'] as const) {
    const rule: Rule = {
      id: 'tls',
      where: { protocol: 'smtp', phase: 'tls' },
      when: { hits: 2 },
      what: { kind: 'tls', fault },
    };
    const { failures, delivered } = await sendTen([rule], tls);
    expect(failures).toHaveLength(1);
    expect(delivered).toBe(9);
  }
});
