import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore, type Store } from '../../engine/index.ts';
import { aCycleEnd, aMailbox, aProfile } from '../../engine/testing/fixtures.ts';
import { summarize, type Tally } from './summary.ts';

// Policy: what was due and did not run is told of with its reason, and nothing else is.

let store: Store;
beforeEach(async () => {
  store = openSqliteStore({ path: ':memory:' });
  await store.saveProfile(aProfile());
  await store.saveMailbox(aMailbox('a', { enabledForOutgoingEmail: false }));
});
afterEach(() => store.close());

const minute = 60_000;
const tally = (): Tally => ({ cycles: 0, workloads: new Map() });
const told = async (dueBy: number | undefined, counted = tally()) => {
  const { mailboxes } = await summarize(store, 'store.sqlite', counted, new Set(['a']), dueBy);
  return mailboxes.map(({ outcome, error }) => [outcome, error]);
};

/** A run that was killed in its cycle, and the next one. */
async function killed(): Promise<void> {
  const asked = { workload: 'incoming', now: 0, limit: 1, owner: 'sync', leaseMs: 5 * minute } as const;
  await store.leaseDue(asked);
  await store.takeBack('sync', 10 * minute);
}

test('connections of a run that was killed, and until when', async () => {
  await killed();
  expect(await told(minute)).toEqual([
    [
      'not run',
      'It was due and did not run: its server may count connections of a run that was killed until 1970-01-01T00:10:00.000Z; run it again then.',
    ],
  ]);
});

test('no connection free for another reason', async () => {
  expect(await told(minute)).toEqual([
    ['not run', 'It was due and did not run: no connection was free; run it again.'],
  ]);
});

test('what was not to run, or ran, is not told of', async () => {
  await killed();
  expect(await told(undefined)).toEqual([['not run', undefined]]);
  const ran: Tally = {
    cycles: 1,
    workloads: new Map([['a incoming', { outcome: 'success', items: 0, failed: 0 }]]),
  };
  expect(await told(minute, ran)).toEqual([['success', undefined]]);
  const [lease] = await store.leaseDue({
    workload: 'incoming',
    now: minute,
    limit: 1,
    owner: 'sync',
    leaseMs: 5 * minute,
  });
  await store.finishCycle(lease!, aCycleEnd({ nextRunAt: 9 * minute }));
  expect(await told(2 * minute)).toEqual([['not run', undefined]]);
});
