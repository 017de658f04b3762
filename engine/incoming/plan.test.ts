/**
 * Policy: nothing listed is lost and nothing is taken twice; the bounds of a cycle hold, and what they leave out is
 * left for the next; only a complete listing proves a message gone.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../store/store.ts';
import { compareListing, type IdentifiedMessage, planFetches } from './plan.ts';

const maxStrikes = 3;
const states = ['stored', 'duplicate', 'skipped', 'quarantined', 'begun'] as const;

const key = fc.constantFrom(...Array.from({ length: 20 }, (_, index) => `u${index}`));
const listing: fc.Arbitrary<IdentifiedMessage[]> = fc
  .uniqueArray(key, { maxLength: 15 })
  .chain((keys) => fc.shuffledSubarray(keys, { minLength: keys.length }))
  .map((keys) => keys.map((each, index) => ({ key: each, number: index + 1 })));
const ledger: fc.Arbitrary<ReadonlyMap<string, LedgerEntry>> = fc
  .uniqueArray(
    fc.record({
      itemId: key,
      state: fc.constantFrom(...states),
      strikes: fc.nat({ max: 5 }),
      deletePending: fc.boolean(),
    }),
    { selector: (entry) => entry.itemId, maxLength: 15 },
  )
  .map((entries) => new Map(entries.map((entry) => [entry.itemId, entry])));

const keysOf = (messages: readonly IdentifiedMessage[]): string[] => messages.map((message) => message.key);

describe('comparing a listing with the ledger', () => {
  it('has one place for every message, and proves gone exactly what the listing lacks', () => {
    fc.assert(
      fc.property(listing, ledger, fc.boolean(), (messages, rows, deleting) => {
        const found = compareListing(messages, rows, { maxStrikes, deleting, now: 0 });
        const work = [
          ...keysOf(found.fresh),
          ...keysOf(found.retries),
          ...keysOf(found.unproved),
          ...keysOf(found.exhausted),
        ];
        expect(new Set(work).size).toBe(work.length);
        const needed = messages.filter(({ key: itemId }) => {
          const row = rows.get(itemId);
          const asked = row?.deletePending === true && deleting && row.strikes < maxStrikes;
          return row === undefined || row.state === 'begun' || asked;
        });
        expect(work.sort()).toEqual(keysOf(needed).sort());
        const listed = new Set(keysOf(messages));
        expect([...found.gone].sort()).toEqual(
          [...rows.keys()].filter((itemId) => !listed.has(itemId)).sort(),
        );
        expect(found.vanished).toBe(rows.size > 0 && found.gone.length === rows.size);
        for (const { strikes } of found.exhausted) expect(strikes).toBeGreaterThanOrEqual(maxStrikes);
      }),
    );
  });

  it('takes one in quarantine again when it is due, and one that waits for a person never', () => {
    const entry = { state: 'quarantined', strikes: 5, deletePending: false } as const;
    const rows = new Map([
      ['due', { ...entry, itemId: 'due', retry: { on: 9, afterMs: 4 } }],
      ['later', { ...entry, itemId: 'later', retry: { on: 11, afterMs: 4 } }],
      ['stays', { ...entry, itemId: 'stays' }],
    ]);
    const messages = [...rows.keys()].map((key, index) => ({ key, number: index + 1 }));
    const { retries, fresh, exhausted } = compareListing(messages, rows, {
      maxStrikes,
      deleting: false,
      now: 10,
    });
    expect(retries).toEqual([{ key: 'due', number: 1, strikes: 5, waitedMs: 4 }]);
    expect([...fresh, ...exhausted]).toEqual([]);
  });

  it('takes the oldest first, whatever order the server lists in', () => {
    fc.assert(
      fc.property(listing, (messages) => {
        const shuffled = [...messages].reverse();
        const { fresh } = compareListing(shuffled, new Map(), { maxStrikes, deleting: false, now: 0 });
        expect(fresh.map((message) => message.number)).toEqual(messages.map((message) => message.number));
      }),
    );
  });
});

describe('planning what to fetch', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 20, maxLength: 20 });
  const bounds = fc.record({
    maxMessages: fc.integer({ min: 1, max: 8 }),
    maxBytes: fc.integer({ min: 1, max: 300 }),
    maxMessageBytes: fc.integer({ min: 50, max: 100 }),
  });

  it('loses nothing, takes nothing twice and keeps the bounds, over as many cycles as it takes', () => {
    fc.assert(
      fc.property(listing, ledger, sizes, bounds, (messages, rows, bytes, limits) => {
        const announced = new Map(messages.map(({ number }) => [number, bytes[number - 1]!]));
        const found = compareListing(messages, rows, { maxStrikes, deleting: true, now: 0 });
        let left = {
          fresh: found.fresh,
          retries: found.retries,
          unproved: found.unproved,
        };
        const all = [...keysOf(left.fresh), ...keysOf(left.retries), ...keysOf(left.unproved)];
        const seen: string[] = [];
        for (let cycle = 0; ; cycle += 1) {
          expect(cycle).toBeLessThanOrEqual(all.length);
          const plan = planFetches(left, announced, limits);
          const total = plan.fetch.reduce((sum, message) => sum + message.announcedBytes, 0);
          expect(plan.fetch.length).toBeLessThanOrEqual(limits.maxMessages);
          if (plan.fetch.length > 1) expect(total).toBeLessThanOrEqual(limits.maxBytes);
          for (const message of plan.fetch) {
            expect(message.announcedBytes).toBeLessThanOrEqual(limits.maxMessageBytes);
          }
          const done = new Set([...keysOf(plan.fetch), ...keysOf(plan.tooLarge)]);
          seen.push(...done);
          const rest = <Message extends IdentifiedMessage>(group: readonly Message[]) =>
            group.filter((each) => !done.has(each.key));
          left = {
            fresh: rest(left.fresh),
            retries: rest(left.retries),
            unproved: rest(left.unproved),
          };
          if (!plan.more) break;
          expect(done.size).toBeGreaterThan(0);
        }
        const tooLargeUnproved = keysOf(left.unproved);
        expect([...seen, ...tooLargeUnproved].sort()).toEqual(all.sort());
        expect(keysOf([...left.fresh, ...left.retries])).toEqual([]);
      }),
    );
  });

  it('leaves a message out that LIST no longer names, for the next listing to settle', () => {
    const fresh = [
      { key: 'a', number: 1 },
      { key: 'b', number: 2 },
    ];
    const plan = planFetches({ fresh, retries: [], unproved: [] }, new Map([[2, 10]]), {
      maxMessages: 5,
      maxBytes: 100,
      maxMessageBytes: 100,
    });
    expect(keysOf(plan.fetch)).toEqual(['b']);
    expect(plan.more).toBe(false);
  });
});
