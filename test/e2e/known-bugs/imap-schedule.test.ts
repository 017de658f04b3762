/**
 * Policy: what other engines over IMAP did wrong about when to connect, whom to believe and what to say does not happen
 * here: no storm, no mailbox forgotten or switched off for trouble that passes, no secret in what is said.
 */
import { expect } from 'vitest';
import type { Rule } from '../../../simulators/index.ts';
import type { BugWorld } from './bug-world.ts';
import { proveEach } from './prove-each.ts';

const imap = (what: Rule['what'], where: Rule['where'], when?: Rule['when']): Rule => ({
  id: `imap ${what.kind} ${where.command ?? where.phase}`,
  where: { protocol: 'imap', ...where },
  what,
  ...(when === undefined ? {} : { when }),
});

/** Whenever the Inbox is looked at, however. */
const atEachLook = (what: Rule['what'], where: Rule['where'] = {}, when?: Rule['when']): readonly Rule[] =>
  ['SELECT', 'STATUS'].map((command) => ({
    ...imap(what, { ...where, command }, when),
    expect: { atLeast: command === 'SELECT' ? 1 : 0 },
  }));

const overImap = { door: 'imap' } as const;
const annOverImap = { door: 'imap', kept: ['ann'] } as const;
const ann = { mailbox: 'ann@alpha.test' };

/** What SASL PLAIN makes of the password (RFC 4616). */
const plain = Buffer.from('\0ann@alpha.test\0s3cret-word').toString('base64');
const gaps = (minutes: readonly number[]): number[] =>
  minutes.slice(1).map((minute, index) => minute - minutes[index]!);

async function expectAllEnabled(world: BugWorld): Promise<void> {
  for (const name of ['ann', 'bob', 'cy'] as const)
    expect((await world.state(name, 'incoming')).enabled).toBe(true);
}

proveEach('when to connect', [
  {
    holds: 'a server that takes the login and drops the line is not logged in to in a storm',
    source: 'chatmail/core PR#5061, #4940; EmailEngine workers',
    world: { ...annOverImap, rules: atEachLook({ kind: 'close' }) },
    prove: async (world) => {
      await world.minutes(60);
      expect(world.loginsAtMinutes().length).toBeLessThanOrEqual(24);
      expect(Math.min(...gaps(world.loginsAtMinutes()))).toBeGreaterThan(1);
    },
  },
  {
    holds:
      'a folder that is listed, and ends the session when it is opened, is asked for at the pace of trouble',
    source: 'EmailEngine da97da31ed',
    world: {
      ...annOverImap,
      rules: [imap({ kind: 'reply', text: 'NO [NONEXISTENT] no', close: true }, { command: 'SELECT' })],
    },
    prove: async (world) => {
      await world.minutes(60);
      expect(world.loginsAtMinutes().length).toBeLessThanOrEqual(24);
      world.heal();
      await world.engine.enableMailbox('ann');
      world.deliver('ann', 'a');
      await world.minutes(11);
      expect(await world.received('ann')).toEqual(['a']);
    },
  },
  {
    holds: 'killed with cycles running, every mailbox runs again within minutes',
    source: 'graphile-worker error-handling; EmailEngine 2.63.0',
    world: { ...overImap, rules: [imap({ kind: 'hang' }, { command: 'SELECT' }, { hits: 1 })] },
    prove: async (world) => {
      await world.minutes(1);
      world.kill();
      for (const name of ['ann', 'bob', 'cy'] as const) world.deliver(name, 'a');
      await world.start();
      await world.minutes(15);
      for (const name of ['ann', 'bob', 'cy'] as const) expect(await world.received(name)).toEqual(['a']);
    },
  },
  {
    holds: 'one mailbox that hangs holds up no other',
    source: 'hmailserver#107',
    world: { ...overImap, rules: atEachLook({ kind: 'hang' }, ann) },
    prove: async (world) => {
      for (const name of ['bob', 'cy'] as const) world.deliver(name, 'a');
      await world.minutes(6);
      for (const name of ['bob', 'cy'] as const) expect(await world.received(name)).toEqual(['a']);
      expect((await world.state('bob', 'incoming')).lastOutcome).toBe('success');
    },
  },
]);

proveEach('whom to believe over IMAP', [
  {
    holds: 'an outage leaves every mailbox enabled, and no alert once it is over',
    source: 'chatwoot PR#4176',
    world: { ...overImap, rules: atEachLook({ kind: 'reply', text: 'NO [UNAVAILABLE] backup' }) },
    prove: async (world) => {
      await world.minutes(30);
      world.heal();
      world.deliver('ann', 'a');
      await world.minutes(60);
      expect(await world.received('ann')).toEqual(['a']);
      await expectAllEnabled(world);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'a refusal without a code is neither believed at once nor disbelieved for ever',
    source: 'chatwoot PR#13560, #13671, #13688, #15812, #15823',
    world: {
      ...annOverImap,
      rules: [imap({ kind: 'reply', text: 'NO Authentication failed.' }, { command: 'AUTHENTICATE' })],
    },
    prove: async (world) => {
      await world.minutes(20);
      expect((await world.state('ann', 'incoming')).enabled).toBe(true);
      await world.minutes(24 * 60);
      expect((await world.state('ann', 'incoming')).enabled).toBe(false);
      expect(await world.alertCodes()).toEqual(['mailbox-disabled']);
    },
  },
  {
    holds: 'too many connections are no wrong password',
    source: 'node-imap#523, #606; emailjs-imap-client#207; stalwart#190',
    world: {
      ...overImap,
      rules: [
        imap(
          { kind: 'reply', text: 'NO [ALERT] Too many simultaneous connections. (Failure)', close: true },
          { command: 'AUTHENTICATE' },
          { untilMs: 90 * 60_000 },
        ),
      ],
    },
    prove: async (world) => {
      await world.minutes(80);
      for (const name of ['ann', 'bob', 'cy'] as const)
        expect(await world.state(name, 'incoming')).toMatchObject({ enabled: true, authFailureCount: 0 });
      world.deliver('ann', 'a');
      await world.minutes(180);
      expect(await world.received('ann')).toEqual(['a']);
      await expectAllEnabled(world);
    },
  },
  {
    holds: 'a mailbox that was switched off runs again, with new credentials, once it is enabled',
    source: 'nextcloud/mail#13270; EmailEngine workers',
    world: annOverImap,
    before: (world) => {
      world.password = 'old';
      world.deliver('ann', 'a');
    },
    prove: async (world) => {
      await world.minutes(24 * 60);
      expect((await world.state('ann', 'incoming')).enabled).toBe(false);
      world.password = 's3cret-word';
      await world.engine.enableMailbox('ann');
      await world.minutes(6);
      expect(await world.received('ann')).toEqual(['a']);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
]);

proveEach('whose connection', [
  {
    holds: 'a mailbox that was given to another account is not read on the connection of the one before',
    source: 'emailengine#626; zammad channel_has_changed?',
    world: annOverImap,
    before: (world) => world.deliver('ann', 'of ann'),
    prove: async (world) => {
      await world.minutes(6);
      const mailbox = await world.store.mailbox('ann');
      await world.store.saveMailbox({
        ...mailbox!, // saved before
        credential: { username: 'bob@alpha.test', secret: 'ann', mechanism: 'password' },
      });
      world.deliver('ann', 'still of ann');
      world.deliver('bob', 'of bob');
      await world.minutes(11);
      expect(await world.received('ann')).toEqual(['of ann', 'of bob']);
      expect(world.loginsAtMinutes()).toHaveLength(2);
    },
  },
]);

proveEach('what to say over IMAP', [
  {
    holds: 'no password stands in an alert or a record of what failed, however it is encoded',
    source: 'EmailEngine 2.72.3',
    world: {
      ...annOverImap,
      rules: [
        imap({ kind: 'reply', text: `NO no: PLAIN ${plain} (s3cret-word)` }, { command: 'AUTHENTICATE' }),
      ],
    },
    prove: async (world) => {
      await world.minutes(60);
      const said = JSON.stringify([await world.alerts(), await world.store.workloadStates()]);
      expect(said).not.toContain('s3cret-word');
      expect(said).not.toContain(plain);
      expect((await world.alerts()).length).toBeGreaterThan(0);
    },
  },
  {
    holds: 'a mailbox that fails leaves status, alerts and mail of its neighbours alone',
    source: 'EmailEngine 2.63.0',
    world: { ...overImap, rules: atEachLook({ kind: 'reset' }, ann) },
    prove: async (world) => {
      for (const name of ['ann', 'bob', 'cy'] as const) world.deliver(name, 'a');
      await world.minutes(40);
      expect((await world.alerts()).map(({ mailboxId }) => mailboxId)).toEqual(['ann']);
      expect([await world.received('bob'), await world.received('cy')]).toEqual([['a'], ['a']]);
      expect((await world.state('ann', 'incoming')).lastOutcome).toBe('failure');
    },
  },
]);
