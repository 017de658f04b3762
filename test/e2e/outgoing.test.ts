/**
 * Policy: the engine's outgoing cycle against the simulated submission server, judged by the server's own books.
 *
 * - No recipient ever gets a second copy of a message, whatever fails and whenever.
 * - What the engine calls accepted the server has, and what it calls refused the server has not.
 * - Uncertain is only what lost its answer after its end could have left.
 * - Once the faults are over, every row comes to its end.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmailStatus } from '../../engine/records/email.ts';
import { type Rule, virtualClock } from '../../simulators/index.ts';
import { OutgoingWorld } from './outgoing-world.ts';

async function inWorld<T>(
  rules: readonly Rule[],
  main: (world: OutgoingWorld) => Promise<T>,
  seed = 1,
): Promise<T> {
  const world = new OutgoingWorld(rules, seed);
  try {
    return await world.run(() => main(world));
  } finally {
    await world.end();
  }
}

it.each(['tls', 'starttls'] as const)('delivers what was queued, over %s', async (security) => {
  await inWorld([], async (world) => {
    await world.setUp(security);
    await world.queue('e1', ['bob@alpha.test', 'cy@alpha.test']);
    await world.queue('e2', ['bob@alpha.test', 'nobody@alpha.test']);
    expect(await world.cycle()).toMatchObject({ processed: 2, failed: 1, error: undefined });
    expect(await world.statuses()).toEqual([EmailStatus.sent, EmailStatus.failed]);
    expect(world.copies()).toEqual(['e1 bob@alpha.test', 'e1 cy@alpha.test', 'e2 bob@alpha.test']);
    expect(world.connections()).toBe(1);
  });
});

it('a server silent after the final dot is waited for as long as the settings say, in virtual time', async () => {
  const hang: Rule = {
    id: 'hang',
    where: { protocol: 'smtp', phase: 'committed', command: 'DATA' },
    what: { kind: 'hang' },
  };
  await inWorld([hang], async (world) => {
    await world.setUp('tls');
    await world.queue('e1', ['bob@alpha.test']);
    const before = virtualClock.now();
    await world.cycle();
    const waitedMs = virtualClock.now() - before;
    // Six minutes to the cycle, ten to its end, and the trips there and back.
    expect(waitedMs).toBeGreaterThanOrEqual(16 * 60_000);
    expect(waitedMs).toBeLessThan(16 * 60_000 + 1_000);
    expect(await world.statuses()).toEqual([EmailStatus.uncertain]);
    expect(world.copies()).toEqual(['e1 bob@alpha.test']);
  });
});

describe('one fault at one place', () => {
  const commands = ['EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'QUIT'] as const;
  const kinds = ['reset', 'close', 'half-open', 'hang'] as const;
  const places: readonly (readonly [string, Rule['where'], boolean])[] = [
    ['the connection', { protocol: 'smtp', phase: 'connect' }, false],
    ['the banner', { protocol: 'smtp', phase: 'banner' }, false],
    ...commands.map((command) => [command, { protocol: 'smtp', phase: 'command', command }, false] as const),
    ['the final dot, before it counts', { protocol: 'smtp', phase: 'commit', command: 'DATA' }, true],
    ['the final dot, after it counted', { protocol: 'smtp', phase: 'committed', command: 'DATA' }, true],
  ];

  it.each(
    places.flatMap(([name, where, handed]) => kinds.map((kind) => [kind, name, where, handed] as const)),
  )('%s at %s', async (kind, _name, where, handed) => {
    const rule: Rule = { id: 'fault', where, when: { hits: 1 }, what: { kind } };
    await inWorld([rule], async (world) => {
      await world.setUp('tls');
      await world.queue('e1', ['bob@alpha.test', 'cy@alpha.test']);
      for (let n = 0; n < 3; n += 1) await world.cycle();
      expect(world.fired()).toEqual([1]);
      expect(await world.statuses()).toEqual([handed ? EmailStatus.uncertain : EmailStatus.sent]);
      const copies = world.copies();
      expect(new Set(copies).size).toBe(copies.length);
      if (!handed) expect(copies).toEqual(['e1 bob@alpha.test', 'e1 cy@alpha.test']);
    });
  });
});

it('any faults: never two copies, never a false word, and an end for every row', async () => {
  // A server that says no to what it did, or yes to what it did not, deceives any client: replies stand in for deeds.
  const place = (phase: 'command' | 'reply' | 'commit' | 'committed', command: string): Rule['where'] => ({
    protocol: 'smtp',
    phase,
    command,
  });
  const undone = [
    ...['AUTH', 'MAIL', 'RCPT', 'DATA'].map((command) => place('command', command)),
    place('commit', 'DATA'),
  ];
  const anywhere: readonly Rule['where'][] = [
    { protocol: 'smtp', phase: 'connect' },
    { protocol: 'smtp', phase: 'banner' },
    ...undone,
    ...['MAIL', 'RCPT', 'DATA'].map((command) => place('reply', command)),
    place('committed', 'DATA'),
  ];
  const broken = fc.record({
    where: fc.constantFrom(...anywhere),
    what: fc.constantFrom<Rule['what']>(
      { kind: 'reset' },
      { kind: 'close' },
      { kind: 'half-open' },
      { kind: 'cut', afterBytes: 2 },
      { kind: 'delay', delayMs: 30_000 },
    ),
  });
  const refused = fc.record({
    where: fc.constantFrom(...undone),
    what: fc.constantFrom<Rule['what']>(
      { kind: 'reply', text: '421 4.3.0 Temporary System Problem.  Try again later (10).', close: true },
      { kind: 'reply', text: '451 4.7.1 Try again later' },
      { kind: 'reply', text: '550 5.1.1 No such user' },
    ),
  });
  const rule = fc.record({ fault: fc.oneof(broken, refused), hit: fc.integer({ min: 1, max: 4 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 3 }), fc.nat(1_000), async (faults, seed) => {
      const rules = faults.map(
        ({ fault, hit }, n): Rule => ({
          id: `f${n}`,
          where: fault.where,
          when: { hits: hit },
          what: fault.what,
          expect: { atLeast: 0 },
        }),
      );
      await inWorld(
        rules,
        async (world) => {
          await world.setUp('tls');
          for (const id of ['e1', 'e2', 'e3']) await world.queue(id, ['bob@alpha.test', 'cy@alpha.test']);
          for (let n = 0; n < 3; n += 1) await world.cycle();
          world.heal();
          for (let n = 0; n < 4; n += 1) await world.cycle();
          const copies = world.copies();
          expect(new Set(copies).size).toBe(copies.length);
          for (const row of await world.rows()) {
            expect([EmailStatus.sent, EmailStatus.failed, EmailStatus.uncertain]).toContain(row.status);
            for (const { address, outcome } of row.recipients) {
              if (outcome === 'accepted') expect(copies).toContain(`${row.id} ${address}`);
              if (outcome === 'refused') expect(copies).not.toContain(`${row.id} ${address}`);
            }
          }
        },
        seed,
      );
    }),
    { numRuns: 100 },
  );
});
