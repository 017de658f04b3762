/**
 * Policy: what went wrong in other engines that send, and can go wrong through Graph, does not go wrong here: nobody
 * gets a second copy, nobody is passed over in silence, and what passes disables nobody and discards nothing.
 */
import { describe, expect, it } from 'vitest';
import { EmailStatus } from '../../../engine/index.ts';
import type { Rule } from '../../../simulators/index.ts';
import { GraphOutgoingWorld, type GraphOutgoingWorldOptions } from '../graph-outgoing-world.ts';

const bob = 'bob@alpha.test';
const cy = 'cy@alpha.test';
const send = 'POST /messages/{id}/send';
const draft = 'POST /messages';

interface GraphBug {
  /** What is done here that was done wrong there. */
  readonly holds: string;
  /** Where it was met in public. */
  readonly source: string;
  readonly world?: GraphOutgoingWorldOptions;
  readonly prove: (world: GraphOutgoingWorld) => Promise<void>;
}

function on(command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule {
  return {
    id: `${command} ${what.kind}`,
    what,
    ...more,
    where: { protocol: 'graph', command, ...more.where },
  };
}

function proveEach(subject: string, bugs: readonly GraphBug[]): void {
  describe(subject, () => {
    it.each(bugs)('$holds ($source)', async ({ world: options = {}, prove }) => {
      const world = new GraphOutgoingWorld(options);
      try {
        await world.run(async () => {
          await world.begin();
          await prove(world);
          await world.stop();
        });
        expect(world.idleRules()).toEqual([]);
      } finally {
        await world.end();
      }
    });
  });
}

proveEach('an answer that is lost', [
  {
    holds: 'a 504 after the message was taken leads to no second copy',
    source: 'freescout#5457; mantisbt PR#790, by Graph',
    world: {
      rules: [
        on(
          send,
          { kind: 'reply', text: '504 UnknownError' },
          { where: { phase: 'committed' }, when: { hits: 1 } },
        ),
      ],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(90);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).status).toBe(EmailStatus.sent);
      expect(world.timesOf(send)).toHaveLength(1);
    },
  },
  {
    holds: 'killed before it was sent, the message still goes out',
    source: 'Mailspring _performRemoteRan',
    world: { rules: [on(send, { kind: 'hang' }, { when: { hits: 1 } })] },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(5.1);
      expect(await world.statuses()).toEqual([EmailStatus.sending]);
      world.kill();
      await world.start();
      await world.minutes(30);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
    },
  },
  {
    holds: 'a service slower than any lease would be sends nothing twice',
    source: 'EmailEngine lockDuration',
    world: {
      rules: [
        on(send, { kind: 'delay', delayMs: 8 * 60_000 }, { where: { phase: 'commit' }, when: { hits: 1 } }),
      ],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(90);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
    },
  },
  {
    holds: 'every attempt carries the Message-ID that was fixed when it was queued',
    source: 'chatmail/core#8007',
    world: { rules: [on(draft, { kind: 'reset' }, { when: { hits: { from: 1, to: 2 } } })] },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      const { messageId } = await world.row('e1');
      await world.minutes(40);
      expect(world.submissions()).toHaveLength(1);
      expect(world.submissions()[0]).toContain(`Message-ID: ${messageId}`);
    },
  },
  {
    holds: 'a copy that cannot be removed from Sent Items sends nothing again',
    source: 'nextcloud/mail, a status for the copy of its own',
    world: {
      settings: { sssSaveOutgoingEmailToExchangeSentFolder: false },
      rules: [
        on(
          'DELETE /messages/{id}',
          { kind: 'reply', text: '503\n\n' },
          { when: { hits: { from: 1, to: 3 } } },
        ),
      ],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(60);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      expect(world.inFolder('Sent')).toEqual([]);
      expect(world.timesOf(send)).toHaveLength(1);
    },
  },
]);

proveEach('recipients', [
  {
    holds: 'one refused recipient keeps nobody else from the message, and is reported',
    source: 'chatmail/core#8640; dahlia/upyo#38; opencoredev/email-sdk PR#222',
    world: {
      rules: [
        on(
          send,
          { kind: 'reply', text: `400 ErrorInvalidRecipients At least one recipient is not valid: ${cy}` },
          { when: { hits: 1 } },
        ),
      ],
    },
    prove: async (world) => {
      await world.queue('e1', [bob, cy]);
      await world.minutes(20);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.row('e1')).recipients.map(({ outcome }) => outcome)).toEqual([
        'accepted',
        'refused',
      ]);
      expect(await world.alertCodes()).toContain('send-failed');
    },
  },
  {
    holds: 'blind copies reach whom they are for, and stand in no header',
    source: 'nextcloud MailTransmission; nylas _substitute_bcc',
    prove: async (world) => {
      await world.queue('e1', [bob], { bcc: [{ name: 'A rather long name', address: cy }] });
      await world.minutes(10);
      expect(world.copies()).toEqual([`e1 ${bob}`, `e1 ${cy}`]);
      for (const name of ['bob', 'cy'] as const)
        expect(world.received(name)).not.toMatch(/^Bcc:|cy@alpha\.test/im);
    },
  },
]);

proveEach('the class of an error', [
  {
    holds: 'an error of the service itself is no verdict about the message',
    source: 'EmailEngine commit f80f4754c7',
    world: {
      rules: [on(draft, { kind: 'reply', text: '504 UnknownError' }, { when: { untilMs: 40 * 60_000 } })],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(60);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect((await world.state()).enabled).toBe(true);
    },
  },
  ...['500 ApplicationThrottled', '503 TooManyRequests', '401 UnknownError Request throttled'].map(
    (text): GraphBug => ({
      holds: `a limit that comes as "${text}" disables nobody, and is waited for`,
      source: 'O365/python-o365#360; microsoft-graph-docs-contrib#9141',
      world: {
        rules: [on(draft, { kind: 'reply', text: `${text}\nRetry-After: 900` }, { when: { hits: 1 } })],
      },
      prove: async (world) => {
        await world.queue('e1', [bob]);
        await world.minutes(45);
        const [first = 0, second = 0] = world.timesOf(draft);
        expect(second - first).toBeGreaterThanOrEqual(900_000);
        expect(await world.statuses()).toEqual([EmailStatus.sent]);
        expect((await world.row('e1')).deliveryAttempts).toBe(1);
        expect((await world.state()).enabled).toBe(true);
      },
    }),
  ),
  {
    holds: 'a token that is refused is renewed once, and no loop comes of it',
    source: 'EmailEngine commit eff5727f4a',
    world: {
      rules: [
        on(
          draft,
          { kind: 'reply', text: '401 InvalidAuthenticationToken' },
          { when: { untilMs: 30 * 60_000 } },
        ),
      ],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(29);
      expect(world.timesOf('POST /token').length).toBeLessThanOrEqual(2 * world.timesOf(draft).length);
      expect(world.timesOf(draft).length).toBeLessThan(12);
      await world.minutes(60);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      expect((await world.state()).enabled).toBe(true);
    },
  },
  {
    holds: 'a token endpoint that throttles is no dead password',
    source: 'EmailEngine commit 38fa212092',
    world: {
      rules: [
        on(
          'POST /token',
          { kind: 'reply', text: '429\nRetry-After: 60\n\nToo Many Requests' },
          {
            when: { untilMs: 20 * 60_000 },
          },
        ),
      ],
    },
    prove: async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(60);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      expect((await world.state()).enabled).toBe(true);
    },
  },
]);

proveEach('one bad message', [
  {
    holds: 'one that alone makes the service fail keeps nobody waiting, and ends as failed',
    source: 'chatmail/core#7746, send_smtp_messages',
    world: {
      settings: { maximumDeliveryAttempts: 3 },
      rules: [on('POST /messages/{id}/attachments', { kind: 'reply', text: '500 ErrorInternalServerError' })],
    },
    prove: async (world) => {
      const attachments = [{ fileName: 'f', mimeType: 'text/plain', content: Buffer.from('x') }];
      await world.queue('bad', [bob], { attachments });
      for (let n = 1; n <= 5; n += 1) {
        await world.queue(`good${n}`, [bob]);
        await world.minutes(6);
        expect((await world.row(`good${n}`)).status).toBe(EmailStatus.sent);
      }
      expect((await world.row('bad')).status).toBe(EmailStatus.failed);
      expect(await world.alertCodes()).toContain('send-failed');
      expect(world.inFolder('Drafts')).toEqual([]);
    },
  },
  {
    holds: 'no more than four requests are at a mailbox at a time',
    source: 'twentyhq/twenty#11070',
    prove: async (world) => {
      for (let n = 0; n < 12; n += 1) await world.queue(`e${n}`, [bob]);
      await world.minutes(30);
      expect(await world.statuses()).toEqual(Array(12).fill(EmailStatus.sent));
      expect(world.peakOpen).toBeLessThanOrEqual(4);
    },
  },
]);
