/**
 * Policy: what other engines did wrong about when to run, whom to believe and what to say does not happen here: no
 * storm, no mailbox forgotten or switched off for trouble that passes, no trouble that nobody hears of.
 */
import { expect } from 'vitest';
import type { Rule } from '../../../simulators/index.ts';
import { proveEach } from './prove-each.ts';

const pop3 = (what: Rule['what'], where: Rule['where'], when?: Rule['when']): Rule => ({
  id: `pop3 ${what.kind}`,
  where: { protocol: 'pop3', ...where },
  what,
  ...(when === undefined ? {} : { when }),
});

const gaps = (minutes: readonly number[]): number[] =>
  minutes.slice(1).map((minute, index) => minute - minutes[index]!);

proveEach('when to run', [
  {
    holds: 'the next run follows the end of a long cycle, not its start',
    source: 'documented rule of Dynamics 365',
    world: { kept: ['ann'], rules: [pop3({ kind: 'delay', delayMs: 80_000 }, { command: 'UIDL' })] },
    prove: async (world) => {
      await world.minutes(30);
      for (const gap of gaps(world.loginsAtMinutes())) expect(gap).toBeGreaterThan(6.3);
    },
  },
  {
    holds: 'a server that takes the login and drops the line is not logged in to in a storm',
    source: 'chatmail/core PR#5061; EmailEngine workers',
    world: { kept: ['ann'], rules: [pop3({ kind: 'close' }, { command: 'UIDL' })] },
    prove: async (world) => {
      await world.minutes(60);
      expect(world.loginsAtMinutes().length).toBeLessThanOrEqual(12);
    },
  },
  {
    holds: 'an outage leaves every mailbox enabled, and no alert once it is over',
    source: 'chatwoot PR#4176',
    world: { rules: [pop3({ kind: 'reply', text: '-ERR [SYS/TEMP] backup' }, { command: 'UIDL' })] },
    prove: async (world) => {
      await world.minutes(30);
      world.heal();
      world.deliver('ann', 'a');
      await world.minutes(60);
      expect(await world.received('ann')).toEqual(['a']);
      for (const name of ['ann', 'bob', 'cy'] as const)
        expect((await world.state(name, 'incoming')).enabled).toBe(true);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'killed with cycles running, every mailbox runs again within minutes',
    source: 'graphile-worker error-handling; EmailEngine 2.63.0',
    world: { rules: [pop3({ kind: 'hang' }, { command: 'UIDL' }, { hits: 1 })] },
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
    world: { rules: [pop3({ kind: 'hang' }, { command: 'UIDL', mailbox: 'ann@alpha.test' })] },
    prove: async (world) => {
      for (const name of ['bob', 'cy'] as const) world.deliver(name, 'a');
      await world.minutes(6);
      for (const name of ['bob', 'cy'] as const) expect(await world.received(name)).toEqual(['a']);
      expect((await world.state('bob', 'incoming')).lastOutcome).toBe('success');
    },
  },
]);

proveEach('whom to believe', [
  {
    holds: 'trouble in the night is no reason to switch a mailbox off',
    source: 'chatwoot PR#4176, PR#4532',
    world: { kept: ['ann'], rules: [pop3({ kind: 'hang' }, { phase: 'banner' }, { untilMs: 25 * 60_000 })] },
    prove: async (world) => {
      world.deliver('ann', 'a');
      await world.minutes(20);
      expect((await world.state('ann', 'incoming')).enabled).toBe(true);
      await world.minutes(60);
      expect(await world.received('ann')).toEqual(['a']);
    },
  },
  {
    holds: 'a refusal without a code is neither believed at once nor disbelieved for ever',
    source: 'chatwoot PR#13560, #13671, #13688, #15812, #15823',
    world: {
      kept: ['ann'],
      rules: [pop3({ kind: 'reply', text: '-ERR Authentication failed.' }, { command: 'PASS' })],
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
    holds: 'a store of secrets that cannot be reached for a while is no wrong password',
    source: 'EmailEngine 38fa212092',
    world: { kept: ['ann'] },
    before: (world) => {
      world.secretsFail = new Error('The vault does not answer.');
      world.deliver('ann', 'a');
    },
    prove: async (world) => {
      await world.minutes(30);
      expect(await world.state('ann', 'incoming')).toMatchObject({ enabled: true, authFailureCount: 0 });
      world.secretsFail = undefined;
      await world.minutes(60);
      expect(await world.received('ann')).toEqual(['a']);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'a mailbox that was switched off runs again, with new credentials, once it is enabled',
    source: 'nextcloud/mail#13270; EmailEngine workers',
    world: { kept: ['ann'] },
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
  {
    holds: 'a wrong password is not tried so often that the account is locked',
    source: 'EmailEngine workers',
    world: { kept: ['ann'] },
    before: (world) => {
      world.password = 'old';
    },
    prove: async (world) => {
      await world.minutes(60);
      expect(world.said('PASS').length).toBeLessThanOrEqual(12);
    },
  },
]);

proveEach('what to say', [
  {
    holds: 'a mailbox that fails leaves status, alerts and mail of its neighbours alone',
    source: 'EmailEngine 2.63.0',
    world: { rules: [pop3({ kind: 'reset' }, { command: 'UIDL', mailbox: 'ann@alpha.test' })] },
    prove: async (world) => {
      for (const name of ['ann', 'bob', 'cy'] as const) world.deliver(name, 'a');
      await world.minutes(40);
      expect((await world.alerts()).map(({ mailboxId }) => mailboxId)).toEqual(['ann']);
      expect([await world.received('bob'), await world.received('cy')]).toEqual([['a'], ['a']]);
      expect((await world.state('ann', 'incoming')).lastOutcome).toBe('failure');
    },
  },
  {
    holds: 'mail in quarantine is seen by a person, and comes once it is put back',
    source: 'zammad#1033, #4132',
    world: {
      kept: ['ann'],
      settings: { maxItemStrikes: 1 },
      rules: [pop3({ kind: 'reply', text: '-ERR [SYS/PERM] broken' }, { command: 'RETR', argument: '2' })],
    },
    before: (world) => {
      for (const subject of ['a', 'b', 'c']) world.deliver('ann', subject);
    },
    prove: async (world) => {
      await world.minutes(12);
      expect(await world.received('ann')).toEqual(['a', 'c']);
      const [row] = await world.store.quarantine('ann');
      expect(await world.alertCodes()).toEqual(['item-quarantined']);
      world.heal();
      await world.store.redrive('ann', row!.itemId);
      await world.minutes(12);
      expect(await world.received('ann')).toEqual(['a', 'b', 'c']);
    },
  },
  {
    holds: 'no password stands in an alert or a record of what failed',
    source: 'EmailEngine 2.72.3',
    world: {
      kept: ['ann'],
      rules: [pop3({ kind: 'reply', text: '-ERR no: PASS s3cret-word' }, { command: 'PASS' })],
    },
    prove: async (world) => {
      await world.minutes(60);
      const said = JSON.stringify([await world.alerts(), await world.store.workloadStates()]);
      expect(said).not.toContain('s3cret-word');
      expect((await world.alerts()).length).toBeGreaterThan(0);
    },
  },
  {
    holds: 'trouble raises one alert however often it comes, and the end of it clears the alert',
    source: 'EmailEngine 2.63.0',
    world: { kept: ['ann'], rules: [pop3({ kind: 'reset' }, { command: 'UIDL' })] },
    prove: async (world) => {
      await world.minutes(30);
      expect((await world.alerts()).filter(({ workload }) => workload === 'incoming').length).toBe(1);
      world.heal();
      await world.minutes(90);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
]);
