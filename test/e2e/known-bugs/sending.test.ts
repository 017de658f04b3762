/**
 * Policy: what went wrong in other engines that send does not go wrong here. Nobody gets a second copy, nobody is
 * passed over in silence, and one bad message or recipient is nobody else's trouble.
 */
import { expect } from 'vitest';
import { EmailStatus } from '../../../engine/index.ts';
import type { Rule } from '../../../simulators/index.ts';
import { proveEach } from './prove-each.ts';

const bob = 'bob@alpha.test';
const cy = 'cy@alpha.test';

const on = (command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule => ({
  id: `${command} ${what.kind}`,
  what,
  ...more,
  where: { protocol: 'smtp', command, ...more.where },
});

proveEach('the final dot', [
  ...(['reset', 'close', 'half-open'] as const).map((end) => ({
    holds: `an answer lost by ${end} leaves one copy, uncertain, and a person to decide`,
    source: 'freescout#5457; pimalaya/core#46',
    world: { rules: [on('DATA', { kind: 'commit-then-drop', end })] },
    prove: async (world: import('./bug-world.ts').BugWorld) => {
      await world.queue('e1', [bob]);
      await world.minutes(60);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.uncertain);
      expect(await world.alertCodes()).toContain('send-uncertain');
    },
  })),
  {
    holds: 'a connection lost before the dot is tried again, and goes out once',
    source: 'mantisbt PR#790',
    world: { rules: [on('RCPT', { kind: 'reset' }, { when: { hits: 1 } })] },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(30);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.sent);
    },
  },
  {
    holds: 'a server slower than a lease would be sends nothing twice',
    source: 'EmailEngine lockDuration',
    world: { rules: [on('DATA', { kind: 'delay', delayMs: 8 * 60_000 }, { where: { phase: 'committed' } })] },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(60);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.sent);
    },
  },
  {
    holds: 'killed before anything left, the message still goes out',
    source: 'Mailspring _performRemoteRan',
    world: { rules: [on('RCPT', { kind: 'hang' }, { when: { hits: 1 } })] },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(6);
      world.kill();
      await world.start();
      await world.minutes(15);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.sent);
    },
  },
  {
    holds: 'killed after the dot, nothing is sent again by itself',
    source: 'freescout#5457',
    world: { rules: [on('DATA', { kind: 'hang' }, { where: { phase: 'committed' }, when: { hits: 1 } })] },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(6);
      world.kill();
      await world.start();
      await world.minutes(30);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.uncertain);
    },
  },
]);

proveEach('recipients', [
  {
    holds: 'one refused recipient keeps nobody else from the message, and is reported',
    source: 'chatmail/core#8640; dahlia/upyo#38; opencoredev/email-sdk PR#222',
    prove: async (world) => {
      await world.queue('e1', [bob, 'nobody@alpha.test', cy]);
      await world.minutes(20);
      expect(world.copies()).toEqual([`e1 ${bob}`, `e1 ${cy}`]);
      const { status, recipients } = await world.row('e1');
      expect(status).toBe(EmailStatus.failed);
      expect(recipients.map(({ outcome }) => outcome)).toEqual(['accepted', 'refused', 'accepted']);
      expect(await world.alertCodes()).toContain('send-failed');
    },
  },
  {
    holds: 'recipients put off are tried alone',
    source: 'bbottema/simple-java-mail#723',
    world: { rules: [on('RCPT', { kind: 'reply', text: '451 4.3.0 later' }, { when: { hits: 2 } })] },
    prove: async (world) => {
      await world.queue('e1', [bob, cy]);
      await world.minutes(30);
      expect([...world.copies()].sort()).toEqual([`e1 ${bob}`, `e1 ${cy}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.sent);
    },
  },
  {
    holds: 'greylisting is waited out',
    source: 'EmailEngine delivery-error',
    world: {
      rules: [
        on(
          'RCPT',
          { kind: 'reply', text: '450 4.2.0 Greylisted, see http://postgrey.example' },
          { when: { hits: { from: 1, to: 2 } } },
        ),
      ],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(90);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.sent);
      expect((await world.state('ann', 'outgoing')).enabled).toBe(true);
    },
  },
  {
    holds: 'a recipient put off for ever ends as failed, and is not tried without end',
    source: 'chatmail/core#3070',
    world: { rules: [on('RCPT', { kind: 'reply', text: '450 4.1.2 domain not found' })] },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(24 * 60);
      expect((await world.row('e1')).status).toBe(EmailStatus.failed);
      const tries = world.said('RCPT').length;
      await world.minutes(120);
      expect(world.said('RCPT')).toHaveLength(tries);
    },
  },
  {
    holds: 'blind copies reach whom they are for, and stand in no header',
    source: 'nextcloud MailTransmission; nylas _substitute_bcc',
    prove: async (world) => {
      const bcc = Array.from({ length: 12 }, (_, n) => ({
        name: `A rather long name for recipient number ${n}`,
        address: n === 0 ? cy : `outside-${n}@beta.test`,
      }));
      await world.queue('e1', [bob], { bcc });
      await world.minutes(12);
      expect(world.copies()).toHaveLength(13);
      for (const raw of world.submissions()) {
        expect(raw).not.toMatch(/^bcc:/im);
        expect(raw).not.toContain('outside-');
        expect(raw).not.toContain(cy);
      }
    },
  },
]);

proveEach('the queue', [
  {
    holds: 'a message that is always refused lets the later ones pass',
    source: 'chatmail/core send_smtp_messages',
    prove: async (world) => {
      await world.queue('e1', ['nobody@alpha.test']);
      await world.queue('e2', [bob]);
      await world.queue('e3', [cy]);
      await world.minutes(8);
      expect(world.copies()).toEqual([`e2 ${bob}`, `e3 ${cy}`]);
    },
  },
  {
    holds: 'a message put off for now lets the later ones pass',
    source: 'chatmail/core send_smtp_messages',
    world: {
      rules: [on('RCPT', { kind: 'reply', text: '450 4.2.2 mailbox busy' }, { when: { everyNth: 3 } })],
    },
    prove: async (world) => {
      for (let n = 0; n < 9; n += 1) await world.queue(`e${n}`, [bob]);
      await world.minutes(8);
      expect(world.copies().length).toBeGreaterThanOrEqual(6);
      await world.minutes(120);
      expect([...world.copies()].sort()).toEqual(Array.from({ length: 9 }, (_, n) => `e${n} ${bob}`));
    },
  },
  {
    holds: 'a message that cannot be composed ends as failed instead of blocking the row for ever',
    source: 'chatmail/core#7746',
    prove: async (world) => {
      await world.queue('e1', ['not an address']);
      await world.queue('e2', [bob]);
      await world.minutes(12);
      expect((await world.row('e1')).status).toBe(EmailStatus.failed);
      expect(world.copies()).toEqual([`e2 ${bob}`]);
    },
  },
  {
    holds: 'the same Message-ID goes with every attempt',
    source: 'chatmail/core#8007; iterate/iterate PR#1711',
    world: {
      rules: [
        on(
          'DATA',
          { kind: 'reply', text: '451 4.3.0 later' },
          { where: { phase: 'commit' }, when: { hits: 1 } },
        ),
      ],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      const { messageId } = await world.row('e1');
      await world.minutes(30);
      expect(world.submissions()).toHaveLength(1);
      expect(world.submissions()[0]).toContain(`Message-ID: ${messageId}`);
    },
  },
  {
    holds: 'a "service unavailable" in a 550 of a filter neither disables the mailbox nor repeats for ever',
    source: 'chatmail/core smtp.rs',
    world: {
      rules: [on('RCPT', { kind: 'reply', text: '550 5.5.0 service unavailable' }, { when: { hits: 1 } })],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.queue('e2', [cy]);
      await world.minutes(60);
      expect((await world.state('ann', 'outgoing')).enabled).toBe(true);
      expect(world.copies()).toContain(`e2 ${cy}`);
      expect([EmailStatus.sent, EmailStatus.failed]).toContain((await world.row('e1')).status);
    },
  },
  {
    holds:
      'an error of our own with the number of an SMTP refusal in it is none: the message waits, and goes once',
    source: 'EmailEngine f80f4754c7',
    before: (world) => {
      world.secretsFail = Object.assign(new Error('504 the vault does not answer'), {
        code: 554,
        responseCode: 554,
      });
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(20);
      expect((await world.row('e1')).status).toBe(EmailStatus.pendingSend);
      expect((await world.state('ann', 'outgoing')).enabled).toBe(true);
      world.secretsFail = undefined;
      await world.minutes(60);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.sent);
      expect(await world.alertCodes()).toEqual([]);
    },
  },
  {
    holds: 'a mailbox whose sending is switched off sends nothing that was queued before',
    source: 'EmailEngine 2.78',
    prove: async (world) => {
      await world.minutes(1);
      await world.queue('e1', [bob]);
      await world.engine.disableWorkload('ann', 'outgoing');
      await world.minutes(30);
      expect(world.copies()).toEqual([]);
      expect((await world.row('e1')).status).toBe(EmailStatus.pendingSend);
    },
  },
  {
    holds: 'a backlog goes out in batches, and holds up no other mailbox',
    source: 'Dynamics 365, mass outgoing email',
    prove: async (world) => {
      for (let n = 0; n < 60; n += 1) await world.queue(`bulk${n}`, [bob]);
      await world.queue('fresh', [cy], { mailboxId: 'bob' });
      await world.minutes(6);
      expect(world.copies()).toContain(`fresh ${cy}`);
      await world.minutes(60);
      expect(world.copies()).toHaveLength(61);
    },
  },
  {
    holds: 'lines beyond what a server takes are folded or encoded, never sent as they are',
    source: 'imapsync FAQ.Exchange',
    prove: async (world) => {
      await world.queue('e1', [bob], { subject: `long ${'s'.repeat(2_000)}`, textBody: 'x'.repeat(20_000) });
      await world.minutes(6);
      const [raw] = world.submissions();
      const longest = Math.max(...raw!.split('\r\n').map((line) => line.length));
      expect(longest).toBeLessThanOrEqual(998);
      await world.minutes(6);
      expect((await world.books('bob')).stored).toEqual((await world.books('bob')).delivered);
    },
  },
]);
