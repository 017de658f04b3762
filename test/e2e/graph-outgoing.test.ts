/**
 * Policy: what the engine sends through Graph, in virtual time, judged by the provider's own books.
 *
 * - Nobody gets a second copy of a message, whatever fails and whenever the engine dies.
 * - An answer that was lost is settled by what is in the mailbox; with that to be seen, nothing stays uncertain.
 * - No request is made before a told time; what is throttled loses no attempt.
 * - Once faults are over every row comes to its end, and no draft is left behind.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmailStatus } from '../../engine/index.ts';
import type { Rule } from '../../simulators/index.ts';
import { GraphOutgoingWorld, type GraphOutgoingWorldOptions } from './graph-outgoing-world.ts';

const bob = 'bob@alpha.test';
const cy = 'cy@alpha.test';
const send = 'POST /messages/{id}/send';
const draft = 'POST /messages';

async function inWorld(
  options: GraphOutgoingWorldOptions,
  main: (world: GraphOutgoingWorld) => Promise<void>,
): Promise<void> {
  const world = new GraphOutgoingWorld(options);
  try {
    await world.run(async () => {
      await world.begin();
      await main(world);
      await world.stop();
    });
    expect(world.idleRules()).toEqual([]);
  } finally {
    await world.end();
  }
}

function on(command: string, what: Rule['what'], more: Partial<Rule> = {}): Rule {
  const where = { protocol: 'graph' as const, command, ...more.where };
  return { id: `${command} ${what.kind} ${JSON.stringify(more)}`, what, ...more, where };
}

describe('without trouble', () => {
  it('sends to everybody in two requests, blind copies in no header, and keeps the copy in Sent Items', async () => {
    await inWorld({}, async (world) => {
      await world.queue('e1', [bob], {
        bcc: [{ address: cy }],
        htmlBody: '<p>grüße</p>',
        inReplyTo: '<first@beta.test>',
      });
      await world.minutes(7);
      expect(world.asked.map(({ operation }) => operation)).toEqual(['POST /token', draft, send]);
      expect(world.copies()).toEqual([`e1 ${bob}`, `e1 ${cy}`]);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      const [source = ''] = world.submissions();
      expect(source).toContain(`Message-ID: ${(await world.row('e1')).messageId}`);
      expect(source).toContain('In-Reply-To: <first@beta.test>');
      for (const name of ['bob', 'cy'] as const) expect(world.received(name)).not.toMatch(/^Bcc:|cy@/m);
      expect(world.inFolder('Sent')).toEqual(['e1']);
      expect(world.inFolder('Drafts')).toEqual([]);
    });
  });

  it('reaches a recipient of a larger attachment, by upload session, also where the answer to a slice is lost', async () => {
    const content = Buffer.alloc(9_000_000, 'mailclock');
    const rules = [
      on('PUT {uploadUrl}', { kind: 'commit-then-drop' }, { when: { hits: 1 } }),
      on('PUT {uploadUrl}', { kind: 'reset' }, { when: { hits: 3 } }),
    ];
    await inWorld({ rules }, async (world) => {
      await world.queue('e1', [bob], {
        attachments: [
          { fileName: 'large.bin', mimeType: 'application/octet-stream', content },
          { fileName: 'small.txt', mimeType: 'text/plain', content: Buffer.from('small') },
        ],
      });
      await world.minutes(10);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      const [source = ''] = world.submissions();
      expect(source).toContain('large.bin');
      expect(source).toContain('small.txt');
      expect(source.replace(/\s/g, '')).toContain(content.subarray(0, 9_000).toString('base64'));
      expect(source.length).toBeGreaterThan(content.length * 1.33);
    });
  });
});

describe('an answer to send that is lost', () => {
  const taken: readonly (readonly [string, Rule['what']])[] = [
    ['a 504', { kind: 'reply', text: '504 UnknownError' }],
    ['a 503 without a body', { kind: 'reply', text: '503\n\n' }],
    ['a reset', { kind: 'commit-then-drop', end: 'reset' }],
    ['a close', { kind: 'commit-then-drop', end: 'close' }],
    ['silence', { kind: 'commit-then-drop', end: 'half-open' }],
  ];
  it.each(taken)('after it was taken, by %s: found sent', async (_, what) => {
    const rules = [on(send, what, { where: { phase: 'committed' }, when: { hits: 1 } })];
    await inWorld({ rules }, async (world) => {
      await world.queue('e1', [bob, cy]);
      await world.minutes(20);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      expect(world.timesOf(send)).toHaveLength(1);
      await world.minutes(60);
      expect(world.copies()).toEqual([`e1 ${bob}`, `e1 ${cy}`]);
    });
  });

  it.each<readonly [string, Rule['where']['phase'], Rule['what']]>([
    ['a reset', 'command', { kind: 'reset' }],
    ['a reset just before the effect', 'commit', { kind: 'reset' }],
    ['a 504', 'command', { kind: 'reply', text: '504 UnknownError' }],
    ['silence', 'command', { kind: 'hang' }],
  ])('before it was taken, by %s: sent again by the same draft', async (_, phase, what) => {
    const rules = [on(send, what, { where: { phase }, when: { hits: 1 } })];
    await inWorld({ rules }, async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(40);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      expect(world.timesOf(send)).toHaveLength(2);
      expect(world.timesOf(draft)).toHaveLength(1);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect(world.inFolder('Drafts')).toEqual([]);
    });
  });

  it('is looked for as long as a slow Sent Items takes', async () => {
    const rules = [on(send, { kind: 'commit-then-drop' }, { when: { hits: 1 } })];
    await inWorld({ rules, savedAfterMs: 25 * 60_000 }, async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(60);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      expect(await world.alertCodes()).toEqual([]);
    });
  });

  it('is uncertain, with an alert, when there is nothing to be seen for an hour', async () => {
    const rules = [on(send, { kind: 'commit-then-drop' }, { when: { hits: 1 } })];
    await inWorld({ rules, savedAfterMs: 5 * 60 * 60_000 }, async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(100);
      expect(await world.statuses()).toEqual([EmailStatus.uncertain]);
      expect(await world.alertCodes()).toContain('send-uncertain');
      expect(world.copies()).toEqual([`e1 ${bob}`]);
    });
  });
});

it('a draft whose answer was lost is found again, not doubled', async () => {
  const rules = [on(draft, { kind: 'commit-then-drop' }, { when: { hits: 1 } })];
  await inWorld({ rules }, async (world) => {
    await world.queue('e1', [bob]);
    await world.minutes(20);
    expect(world.copies()).toEqual([`e1 ${bob}`]);
    expect(world.timesOf(draft)).toHaveLength(1);
    expect(world.inFolder('Drafts')).toEqual([]);
  });
});

describe('killed', () => {
  // The first cycle begins after five minutes, and its requests take half a second.
  const moments = Array.from({ length: 66 }, (_, n) => 300_000 + 10 * n);

  it('at any moment of a cycle: one copy each, one draft each, an end for every row', async () => {
    let cut = 0;
    for (const atMs of moments) {
      await inWorld({}, async (world) => {
        await world.queue('e1', [bob]);
        await world.queue('e2', [cy]);
        await world.until(atMs);
        if ((await world.statuses()).includes(EmailStatus.sending)) cut += 1;
        world.kill();
        await world.start();
        await world.minutes(40);
        expect([atMs, world.copies()]).toEqual([atMs, [`e1 ${bob}`, `e2 ${cy}`]]);
        expect([atMs, await world.statuses()]).toEqual([atMs, [EmailStatus.sent, EmailStatus.sent]]);
        expect(world.inFolder('Drafts')).toEqual([]);
        expect(world.inFolder('Sent')).toHaveLength(2);
      });
    }
    expect(cut).toBeGreaterThan(20);
  });
});

describe('throttled', () => {
  it('asks nothing before the told time, and loses no attempt', async () => {
    const rules = [
      on(send, { kind: 'reply', text: '429 ApplicationThrottled\nRetry-After: 600' }, { when: { hits: 1 } }),
    ];
    await inWorld({ rules }, async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(30);
      const [first = 0] = world.timesOf(send);
      const after = world.asked.filter(({ atMs }) => atMs > first).map(({ atMs }) => atMs - first);
      expect(Math.min(...after)).toBeGreaterThanOrEqual(600_000);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
      expect((await world.row('e1')).deliveryAttempts).toBe(1);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
    });
  });

  it('waits a short told time out within the cycle', async () => {
    const rules = [
      on(send, { kind: 'reply', text: '429 TooManyRequests\nRetry-After: 5' }, { when: { hits: 1 } }),
    ];
    await inWorld({ rules }, async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(6);
      const [first = 0, second = 0] = world.timesOf(send);
      expect(second - first).toBeGreaterThanOrEqual(5_000);
      expect(await world.statuses()).toEqual([EmailStatus.sent]);
    });
  });

  it('comes through a storm with few requests, and with everything sent once', async () => {
    const storm = ['', '\nRetry-After: 1', '\nRetry-After: 0.249', '\nRetry-After: 90'].map((told, n) => ({
      id: `storm-${n}`,
      where: { protocol: 'graph' as const, phase: 'command' as const },
      when: { chance: 0.2, untilMs: 120 * 60_000 },
      what: { kind: 'reply' as const, text: `429 ApplicationThrottled${told}` },
    }));
    await inWorld({ rules: storm }, async (world) => {
      for (let n = 1; n <= 5; n += 1) await world.queue(`e${n}`, [bob]);
      await world.minutes(6 * 60);
      expect(await world.statuses()).toEqual(Array(5).fill(EmailStatus.sent));
      expect(world.copies()).toEqual(Array.from({ length: 5 }, (_, n) => `e${n + 1} ${bob}`));
      expect(world.asked.length).toBeLessThan(120);
      expect((await world.state()).enabled).toBe(true);
    });
  });
});

describe('refused', () => {
  it('a recipient that is named is left out, and reported', async () => {
    const text = `400 ErrorInvalidRecipients At least one recipient is not valid: ${cy}`;
    const rules = [on(send, { kind: 'reply', text }, { when: { hits: 1 } })];
    await inWorld({ rules }, async (world) => {
      await world.queue('e1', [bob, cy]);
      await world.minutes(20);
      expect(world.copies()).toEqual([`e1 ${bob}`]);
      const { status, recipients } = await world.row('e1');
      expect(status).toBe(EmailStatus.failed);
      expect(recipients.map(({ outcome }) => outcome)).toEqual(['accepted', 'refused']);
      expect(await world.alertCodes()).toContain('send-failed');
    });
  });

  it('an account without the right to send is disabled, and what it had to send waits', async () => {
    const rules = [on(send, { kind: 'reply', text: '403 ErrorSendAsDenied' })];
    await inWorld({ rules }, async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(60);
      expect((await world.state()).enabled).toBe(false);
      expect(await world.statuses()).toEqual([EmailStatus.pendingSend]);
      expect(world.timesOf(send)).toHaveLength(1);
      expect(await world.alertCodes()).toContain('mailbox-disabled');
    });
  });

  it('a message that is refused leaves no draft behind', async () => {
    const rules = [on(send, { kind: 'reply', text: '413 ErrorMessageSizeExceeded' })];
    await inWorld({ rules }, async (world) => {
      await world.queue('e1', [bob]);
      await world.minutes(20);
      expect(await world.statuses()).toEqual([EmailStatus.failed]);
      expect(world.inFolder('Drafts')).toEqual([]);
      expect(world.copies()).toEqual([]);
    });
  });
});

it('the copy in Sent Items goes when it is not wanted, and not before it is there', async () => {
  const settings = { sssSaveOutgoingEmailToExchangeSentFolder: false };
  await inWorld({ settings, savedAfterMs: 8 * 60_000 }, async (world) => {
    await world.queue('e1', [bob]);
    await world.minutes(30);
    expect(await world.statuses()).toEqual([EmailStatus.sent]);
    expect(world.copies()).toEqual([`e1 ${bob}`]);
    expect(world.inFolder('Sent')).toEqual([]);
    const asked = world.asked.length;
    await world.minutes(30);
    expect(world.asked).toHaveLength(asked);
  });
});

it('any faults: never two copies, never a false word, and an end for every row', async () => {
  const operations = [
    draft,
    send,
    'GET /messages/{id}',
    'GET /messages',
    'PATCH /messages/{id}',
    'POST /token',
  ];
  const phases = ['command', 'commit', 'committed', 'reply'] as const;
  const what = fc.constantFrom<Rule['what']>(
    { kind: 'reset' },
    { kind: 'close' },
    { kind: 'half-open' },
    { kind: 'delay', delayMs: 30_000 },
    { kind: 'reply', text: '504 UnknownError' },
    { kind: 'reply', text: '503\n\n' },
    { kind: 'reply', text: '500 ErrorInternalServerError' },
    { kind: 'reply', text: '401 InvalidAuthenticationToken' },
    { kind: 'reply', text: '429 TooManyRequests\nRetry-After: 20' },
  );
  const fault = fc.record({
    what,
    command: fc.constantFrom(...operations),
    phase: fc.constantFrom(...phases),
    from: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 0, max: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 4 }), fc.nat(1_000), async (faults, seed) => {
      // A server that says it put off or refused what it did deceives any client.
      const honest = faults.filter(
        ({ what: { kind, ...rest }, phase }) =>
          !(
            kind === 'reply' &&
            /"4\d\d /.test(JSON.stringify(rest)) &&
            (phase === 'committed' || phase === 'reply')
          ),
      );
      const rules = honest.map(
        ({ what: action, command, phase, from, count }, n): Rule => ({
          id: `f${n}`,
          where: { protocol: 'graph', command, phase },
          when: { hits: { from, to: from + count } },
          what: action,
          expect: { atLeast: 0 },
        }),
      );
      await inWorld({ rules, seed }, async (world) => {
        for (const id of ['e1', 'e2', 'e3']) await world.queue(id, [bob, cy]);
        await world.minutes(30);
        world.heal();
        await world.minutes(150);
        expect(world.copies()).toEqual(['e1', 'e2', 'e3'].flatMap((id) => [`${id} ${bob}`, `${id} ${cy}`]));
        expect(await world.statuses()).toEqual(Array(3).fill(EmailStatus.sent));
        expect(world.inFolder('Drafts')).toEqual([]);
        expect(world.peakOpen).toBeLessThanOrEqual(4);
      });
    }),
    { numRuns: 60 },
  );
});
