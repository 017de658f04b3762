/**
 * Policy: the engine's incoming cycle against the simulated IMAP server, judged by the server's own books.
 *
 * - Whatever fails and whenever: once it is over, the store has every message once, byte for byte, and nothing else.
 * - Nothing leaves the server that is not stored, and nothing at all where deletion was not asked for.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Settings } from '../../engine/records/settings.ts';
import type { Rule } from '../../simulators/index.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';
import { IncomingWorld } from './incoming-world.ts';

const { pop3, imap, smtp } = loadProfile('dovecot-postfix');

async function inWorld<T>(
  options: {
    readonly rules?: readonly Rule[];
    readonly seed?: number;
    readonly served?: typeof imap;
    readonly settings?: Partial<Settings>;
  },
  main: (world: IncomingWorld) => Promise<T>,
): Promise<T> {
  const { rules = [], seed = 1, served = imap, settings = {} } = options;
  const world = new IncomingWorld({ pop3, imap: served, smtp, rules, seed, settings });
  try {
    return await world.run(() => main(world));
  } finally {
    await world.end();
  }
}

async function expectEverythingOnce(world: IncomingWorld): Promise<void> {
  const { stored, delivered } = await world.books();
  expect(stored).toEqual(delivered);
}

it('stores what was delivered, and nothing twice', async () => {
  await inWorld({}, async (world) => {
    await world.setUp({ security: 'tls' });
    expect(await world.cycle()).toMatchObject({ processed: 0, failed: 0, error: undefined });
    for (const subject of ['a', 'b', 'c']) world.deliver(subject);
    world.deliver('odd', 'bare\nline\n.feeds\n\r\n..dots\r\nno end');
    expect(await world.cycle()).toMatchObject({ processed: 4, failed: 0, error: undefined });
    expect(await world.cycle()).toMatchObject({ processed: 0, failed: 0, error: undefined });
    world.deliver('late');
    expect(await world.cycle()).toMatchObject({ processed: 1, failed: 0, error: undefined });
    await expectEverythingOnce(world);
    expect(world.removed()).toBe(0);
  });
});

it('collects over STARTTLS too', async () => {
  await inWorld({}, async (world) => {
    await world.setUp({ security: 'starttls' });
    world.deliver('a');
    expect(await world.cycle()).toMatchObject({ processed: 1, failed: 0, error: undefined });
    await expectEverythingOnce(world);
  });
});

it.each(['gmail-workspace', 'exchange-online', 'yahoo', 'outlook-com'] as const)(
  'stores each message of %s once, also after its UIDs were issued anew',
  async (name) => {
    await inWorld({ served: loadProfile(name).imap }, async (world) => {
      await world.setUp({ security: 'tls' });
      for (const subject of ['a', 'b', 'c']) world.deliver(subject);
      expect(await world.cycle()).toMatchObject({ processed: 3, failed: 0, error: undefined });
      world.removeOldest(2);
      world.reissueUids({ keepUidValidity: name === 'yahoo' });
      world.deliver('d');
      expect(await world.cycle()).toMatchObject({ processed: 2, error: undefined });
      expect(await world.cycle()).toMatchObject({ processed: 0, failed: 0, error: undefined });
      await expectEverythingOnce(world);
    });
  },
);

it('stores one that came when another went, which a kept connection was told nothing of yet', async () => {
  await inWorld({}, async (world) => {
    await world.setUp({ security: 'tls' });
    for (const subject of ['a', 'b', 'c']) world.deliver(subject);
    await world.cycle();
    world.removeOldest(1);
    world.deliver('d');
    expect(await world.cycle()).toMatchObject({ processed: 1, error: undefined });
    await expectEverythingOnce(world);
  });
});

it('UIDs issued anew: every record finds its message again, and a new one is stored', async () => {
  await inWorld({}, async (world) => {
    await world.setUp({ security: 'tls' });
    for (const subject of ['a', 'b', 'c']) world.deliver(subject);
    await world.cycle();
    world.reissueUids();
    world.deliver('new');
    // A server may end the session of a client whose UIDs it issued anew (RFC 9051 2.3.1.1).
    expect((await world.cycle()).error).toBeUndefined();
    await world.cycle();
    await expectEverythingOnce(world);
  });
});

it('UIDs issued anew under the UIDVALIDITY there was: a message is not taken for the one that had its UID', async () => {
  await inWorld({}, async (world) => {
    await world.setUp({ security: 'tls' });
    for (const subject of ['a', 'b', 'c']) world.deliver(subject);
    await world.cycle();
    world.removeOldest(2);
    world.reissueUids({ keepUidValidity: true });
    world.deliver('new');
    expect(await world.cycle()).toMatchObject({ processed: 2, error: undefined });
    expect(await world.cycle()).toMatchObject({ processed: 0, error: undefined });
    expect(await world.cycle()).toMatchObject({ processed: 0, error: undefined });
    await expectEverythingOnce(world);
  });
});

it('UIDs issued anew before every cycle: all of a folder is reached that is larger than a cycle', async () => {
  await inWorld({ settings: { incomingMaximumEmailsPerCycle: 5 } }, async (world) => {
    await world.setUp({ security: 'tls' });
    for (let n = 0; n < 18; n += 1) world.deliver(`m${n}`);
    for (let n = 0; n < 12; n += 1) {
      world.reissueUids();
      await world.cycle();
    }
    await expectEverythingOnce(world);
    world.deliver('late');
    for (let n = 0; n < 5; n += 1) {
      world.reissueUids();
      await world.cycle();
    }
    await expectEverythingOnce(world);
  });
});

it('a message above the limit is told of and stays, also where its size was said to be less', async () => {
  const rule: Rule = {
    id: 'small',
    where: { protocol: 'imap', phase: 'reply', command: 'UID FETCH' },
    when: {},
    what: { kind: 'lie', field: 'RFC822.SIZE', delta: -5_000 },
  };
  for (const rules of [[], [rule]])
    await inWorld({ rules, settings: { incomingEmailMaximumSizeLimitBytes: 2_000 } }, async (world) => {
      await world.setUp({ security: 'tls', deleting: true });
      world.deliver('large', `${'x'.repeat(70)}\r\n`.repeat(50));
      world.deliver('small');
      for (let n = 0; n < 3; n += 1) await world.cycle();
      expect((await world.received()).map(({ subject }) => subject)).toEqual(['small']);
      expect(await world.alerts()).toEqual(['item-too-large']);
      expect(world.removed()).toBe(1);
    });
});

it.each(['NO [NOPERM] Not yours to delete.', 'OK Done.'])(
  'a server that does not delete (%s) is asked so often, and then a person is told',
  async (text) => {
    const rules = ['UID STORE', 'UID EXPUNGE'].map(
      (command): Rule => ({
        id: command,
        where: { protocol: 'imap', phase: 'command', command },
        when: {},
        what: { kind: 'reply', text },
        expect: { atLeast: 0 },
      }),
    );
    await inWorld({ rules }, async (world) => {
      await world.setUp({ security: 'tls', deleting: true });
      world.deliver('a');
      for (let n = 0; n < 9; n += 1) await world.cycle();
      expect(await world.alerts()).toEqual(['item-undeleted']);
      const asked = world.commands.filter((one) => /^UID (?:STORE|EXPUNGE)/.test(one)).length;
      await world.cycle();
      expect(world.commands.filter((one) => /^UID (?:STORE|EXPUNGE)/.test(one))).toHaveLength(asked);
      await expectEverythingOnce(world);
    });
  },
);

it('deletes what it stored, where that is asked for', async () => {
  await inWorld({}, async (world) => {
    await world.setUp({ security: 'tls', deleting: true });
    for (const subject of ['a', 'b', 'c']) world.deliver(subject);
    await world.cycle();
    expect(world.removed()).toBe(3);
    await expectEverythingOnce(world);
  });
});

it('a message whose size the server leaves out is fetched by a later cycle', async () => {
  const rule: Rule = {
    id: 'unsized',
    where: { protocol: 'imap', phase: 'reply', command: 'UID FETCH' },
    when: { hits: 1 },
    what: { kind: 'flip', field: 'UID', how: 'missing' },
  };
  await inWorld({ rules: [rule] }, async (world) => {
    await world.setUp({ security: 'tls' });
    world.deliver('a');
    await world.cycle();
    await world.cycle();
    await expectEverythingOnce(world);
  });
});

it('a wait the server tells is heard of at once, whole', async () => {
  const rule: Rule = {
    id: 'throttle',
    where: { protocol: 'imap', phase: 'reply', command: 'UID FETCH' },
    when: { hits: 1 },
    what: { kind: 'reply', text: 'BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds' },
  };
  await inWorld({ rules: [rule] }, async (world) => {
    await world.setUp({ security: 'tls' });
    world.deliver('a');
    const { error } = await world.cycle();
    expect(error).toMatchObject({ class: 'throttled', retryAfterMs: 299_961 });
    await world.cycle();
    await expectEverythingOnce(world);
  });
});

const searches = (world: IncomingWorld): readonly string[] =>
  world.commands.filter((one) => one.startsWith('UID SEARCH')).map((one) => one.replace(/^.* UID /, ''));

it.each(['dovecot-postfix', 'gmail-workspace', 'exchange-online'] as const)(
  '%s: asks for what is new alone, and lists the Inbox once a day',
  async (name) => {
    await inWorld({ served: loadProfile(name).imap }, async (world) => {
      await world.setUp({ security: 'tls' });
      for (const subject of ['a', 'b', 'c']) world.deliver(subject);
      await world.cycle();
      expect(searches(world)).toEqual(['1:*']);
      world.deliver('d');
      expect(await world.cycle()).toMatchObject({ processed: 1, error: undefined });
      world.deliver('e');
      world.deliver('f');
      expect(await world.cycle()).toMatchObject({ processed: 2, error: undefined });
      expect(searches(world)).toEqual(['1:*', '4:*', '5:*']);
      await world.cycle();
      expect(searches(world)).toHaveLength(3);
      await world.wait(24 * 60 * 60_000);
      await world.cycle();
      expect(searches(world).slice(3)).toEqual(['1:*']);
      await expectEverythingOnce(world);
    });
  },
);

it('QRESYNC tells what is gone: no listing, and a copy of it that comes later is new', async () => {
  await inWorld({}, async (world) => {
    await world.setUp({ security: 'tls' });
    for (const subject of ['a', 'b', 'c']) world.deliver(subject);
    await world.cycle();
    world.removeOldest(1);
    world.deliver('d');
    expect(await world.cycle()).toMatchObject({ processed: 1, error: undefined });
    world.deliver('b');
    world.deliver('d');
    expect(await world.cycle()).toMatchObject({ processed: 2, error: undefined });
    expect(searches(world)).toEqual(['1:*', '4:*', '5:*']);
    await expectEverythingOnce(world);
  });
});

it('without QRESYNC one that is gone is found by a listing', async () => {
  await inWorld({ served: loadProfile('exchange-online').imap }, async (world) => {
    await world.setUp({ security: 'tls' });
    for (const subject of ['a', 'b', 'c']) world.deliver(subject);
    await world.cycle();
    world.removeOldest(1);
    world.deliver('d');
    expect(await world.cycle()).toMatchObject({ processed: 1, error: undefined });
    expect(searches(world)).toEqual(['1:*', '4:*', '1:*']);
    expect(await world.ledgerSize()).toBe(3);
    world.deliver('e');
    await world.cycle();
    expect(searches(world)).toEqual(['1:*', '4:*', '1:*', '5:*']);
    await expectEverythingOnce(world);
  });
});

it('a new message that the server does not give at first is asked for again in the same cycle', async () => {
  const rule: Rule = {
    id: 'left-out',
    where: { protocol: 'imap', phase: 'reply', command: 'UID SEARCH' },
    when: { hits: 2 },
    what: { kind: 'reply', text: 'OK SEARCH completed.' },
  };
  await inWorld({ rules: [rule] }, async (world) => {
    await world.setUp({ security: 'tls' });
    world.deliver('a');
    await world.cycle();
    world.deliver('b');
    world.deliver('c');
    expect(await world.cycle()).toMatchObject({ processed: 2, error: undefined });
    expect(world.idleRules()).toEqual([]);
    await expectEverythingOnce(world);
  });
});

it('any faults: everything once, and nothing deleted that is not stored', async () => {
  const commands = [
    'AUTHENTICATE',
    'CAPABILITY',
    'SELECT',
    'EXAMINE',
    'UID SEARCH',
    'UID FETCH',
    'UID STORE',
    'UID EXPUNGE',
    'LOGOUT',
  ];
  const where = fc.oneof(
    fc.constantFrom<Rule['where']>(
      { protocol: 'imap', phase: 'connect' },
      { protocol: 'imap', phase: 'banner' },
      { protocol: 'imap', phase: 'committed', command: 'UID EXPUNGE' },
    ),
    fc.record({
      protocol: fc.constant('imap' as const),
      phase: fc.constantFrom('command' as const, 'reply' as const),
      command: fc.constantFrom(...commands),
    }),
  );
  const what = fc.constantFrom<Rule['what']>(
    { kind: 'reset' },
    { kind: 'close' },
    { kind: 'half-open' },
    { kind: 'hang' },
    { kind: 'cut', afterShare: 0.5 },
    { kind: 'cut', afterBytes: 3 },
    { kind: 'reply', text: 'NO [UNAVAILABLE] later' },
    { kind: 'reply', text: 'NO [INUSE] locked', close: true },
    { kind: 'reply', text: 'BAD what' },
    { kind: 'garbage', text: 'HTTP/1.1 503 Service Unavailable' },
    { kind: 'slice', maxBytes: 3 },
    { kind: 'delay', delayMs: 30_000 },
  );
  const fault = fc.tuple(fc.record({ where, what }), fc.integer({ min: 1, max: 4 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 6 }),
      fc.boolean(),
      fc.constantFrom('not', 'anew', 'under the same UIDVALIDITY'),
      fc.nat(1_000),
      async (faults, deleting, renewed, seed) => {
        const rules = faults.map(
          ([{ where: at, what: does }, hits], n): Rule => ({
            id: `f${n}`,
            where: at,
            when: { hits },
            what: does,
            expect: { atLeast: 0 },
          }),
        );
        await inWorld({ rules, seed }, async (world) => {
          await world.setUp({ security: 'tls', deleting });
          for (const subject of ['a', 'b', 'c']) world.deliver(subject);
          await world.cycle();
          if (renewed !== 'not') world.reissueUids({ keepUidValidity: renewed !== 'anew' });
          world.deliver('d');
          await world.cycle();
          world.heal();
          for (let n = 0; n < 4; n += 1) await world.cycle();
          await expectEverythingOnce(world);
          expect(await world.quarantined()).toBe(0);
          expect(world.removed()).toBe(deleting ? 4 : 0);
        });
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 60) },
  );
}, 120_000);
