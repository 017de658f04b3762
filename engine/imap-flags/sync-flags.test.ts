import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmailFlags, noFlags } from '../records/email-flags.ts';
import { defaultSettings } from '../records/settings.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import type { Lease, Store } from '../store/store.ts';
import { aMailbox, aProfile, aReceivedEmail } from '../testing/fixtures.ts';
import { ScriptedFlagSession } from '../testing/scripted-flag-session.ts';
import { type FlagPace, flagPace } from './flag-pace.ts';
import { flagsDue, syncFlags } from './sync-flags.ts';

// Policy: what one cycle does about flags is bounded, and goes on where it was; what a server refuses, leaves out or
// keeps no longer than a session costs nothing else and is not tried for ever.

const numbering = '7.';
const seen = { ...noFlags, seen: true };
let store: Store;
let lease: Lease;
let server: ScriptedFlagSession;
let ids: ReadonlyMap<string, number>;
let nowMs: number;

beforeEach(async () => {
  store = openSqliteStore({ path: ':memory:' });
  server = new ScriptedFlagSession();
  nowMs = 1_000;
  await store.saveProfile(aProfile());
  await store.saveMailbox(aMailbox('a', { synchronizeFlags: true }));
  lease = (await store.leaseDue({ workload: 'incoming', now: 1, limit: 1, owner: 'one', leaseMs: 9 }))[0]!;
});
afterEach(() => store.close());

/** Messages 1 to `count`, in the mailbox and in the store. */
async function messages(count: number): Promise<void> {
  const uids = Array.from({ length: count }, (_, n) => n + 1);
  for (const uid of uids) server.put(uid);
  const items = uids.map((uid) => ({
    itemId: `${numbering}${uid}`,
    outcome: 'stored' as const,
    email: aReceivedEmail({ rawSha256: `${uid}` }),
    deletePending: false,
  }));
  ids = (await store.commitIncoming(lease, { items, gone: [], readsFlags: true })).storedIds;
}

function context(): CycleContext {
  const given: Partial<CycleContext> = {
    store,
    lease,
    mailbox: aMailbox('a', { synchronizeFlags: true }),
    settings: defaultSettings,
    signal: new AbortController().signal,
    observe: () => undefined,
    clock: { now: () => nowMs, setTimeout: () => ({}), clearTimeout: () => undefined },
  };
  return given as CycleContext; // flags need no more of it
}

const cycle = (pace: Partial<FlagPace> = {}): Promise<boolean> =>
  syncFlags(context(), server.session, numbering, { ...flagPace, ...pace });

const due = (): Promise<boolean> =>
  flagsDue(
    context(),
    { path: 'INBOX', numbering },
    { highestModseq: server.condstore ? server.modseq : undefined },
  );

const ours = (uid: number): Promise<EmailFlags | undefined> =>
  store.emailFlags(ids.get(`${numbering}${uid}`)!);
const set = (uids: readonly number[], flags: Partial<EmailFlags>) =>
  store.setEmailFlags(
    uids.map((uid) => ids.get(`${numbering}${uid}`)!),
    flags,
  );
const all = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);
const stores = () => server.asked.filter((what) => what.startsWith('store'));

describe('many at once', () => {
  it('10,000 read at once by the owner are taken over a cycle’s part at a time, and each once', async () => {
    await messages(10_000);
    while (await cycle());
    for (const uid of all(10_000)) server.put(uid, '\\Seen');
    server.asked.length = 0;
    let cycles = 1;
    while (await cycle({ changesPerCycle: 4_000 })) cycles += 1;
    expect(cycles).toBe(3);
    expect(server.asked).toEqual(['changes from 1', 'changes from 4001', 'changes from 8001']);
    for (const uid of [1, 4_000, 4_001, 10_000]) expect(await ours(uid)).toEqual(seen);
    expect(await due()).toBe(false);
  });

  it('10,000 read at once by the application are written a cycle’s part at a time, and each once', async () => {
    await messages(10_000);
    while (await cycle());
    await set(all(10_000), { seen: true });
    server.asked.length = 0;
    let cycles = 1;
    while (await cycle({ settledPerCycle: 4_000 })) cycles += 1;
    expect(cycles).toBe(3);
    expect(stores()).toHaveLength(50);
    for (const uid of [1, 5_000, 10_000]) expect(server.flagsOf(uid)).toEqual(['\\Seen']);
  });

  it('of a server that tells nothing, a part is asked for in each cycle, and the newest each time', async () => {
    server.condstore = false;
    await messages(1_000);
    while (await cycle());
    for (const uid of [1, 700, 1_000]) server.put(uid, '\\Seen');
    nowMs += flagPace.askAllMs;
    const pace = { askedPerCycle: 400, newestPerCycle: 50 };
    expect(await cycle(pace)).toBe(true);
    expect([await ours(1), await ours(700), await ours(1_000)]).toEqual([seen, noFlags, seen]);
    expect(await due()).toBe(true);
    expect(await cycle(pace)).toBe(true);
    expect(await ours(700)).toEqual(seen);
    expect(await cycle(pace)).toBe(false);
    expect(await due()).toBe(false);
  });
});

describe('what a server keeps', () => {
  it('read-only: it is read, nothing is written, and that is no reason to come again', async () => {
    server.readOnly = true;
    await messages(2);
    await cycle();
    server.put(1, '\\Flagged');
    await set([1, 2], { seen: true });
    expect(await cycle()).toBe(false);
    expect(stores()).toEqual([]);
    expect(await ours(1)).toEqual({ ...seen, flagged: true });
    expect(await due()).toBe(false);
    server.readOnly = false;
    server.put(3);
    await cycle();
    expect([server.flagsOf(1), server.flagsOf(2)]).toEqual([['\\Flagged', '\\Seen'], ['\\Seen']]);
  });

  it('a flag that PERMANENTFLAGS lacks is not written, others are, and case does not matter', async () => {
    server.permanentFlags = new Set(['\\SEEN', '\\Deleted']);
    await messages(2);
    await cycle();
    await set([1, 2], { flagged: true });
    await set([1], { seen: true });
    expect(await cycle()).toBe(false);
    expect(server.flagsOf(1)).toEqual(['\\Seen']);
    expect(await ours(2)).toEqual({ ...noFlags, flagged: true });
    await cycle();
    expect(await due()).toBe(false);
    expect(stores()).toEqual(['store 1 +\\Seen']);
  });
});

describe('what a server refuses or leaves out', () => {
  it('one message that it refuses keeps no other from being written, and is let go of after a while', async () => {
    await messages(100);
    await cycle();
    await set(all(100), { seen: true });
    server.refused.add(42);
    for (let n = 0; n < 3; n += 1) expect(await cycle()).toBe(false);
    expect(all(100).filter((uid) => server.flagsOf(uid).length === 0)).toEqual([42]);
    const tried = stores().length;
    await cycle();
    expect(stores()).toHaveLength(tried);
    expect(await due()).toBe(false);
    const told = async () => (await store.alerts({ open: true })).map(({ code, count }) => [code, count]);
    expect(await told()).toEqual([['flags-unwritten', 1]]);
    // Once in a long while it is tried again.
    server.refused.clear();
    nowMs += flagPace.checkAllMs;
    await cycle();
    expect(server.flagsOf(42)).toEqual(['\\Seen']);
    expect(await told()).toEqual([]);
  });

  it('what it leaves out of the changes is asked for', async () => {
    await messages(3);
    await cycle();
    for (const uid of [1, 2, 3]) server.put(uid, '\\Seen');
    server.untold.add(2);
    await cycle();
    expect(await ours(2)).toEqual(seen);
  });

  it('one that cannot search for changes is believed, until all is read again', async () => {
    server.searches = false;
    await messages(3);
    await cycle();
    for (const uid of [1, 2, 3]) server.put(uid, '\\Seen');
    server.untold.add(2);
    await cycle();
    expect([await ours(1), await ours(2)]).toEqual([seen, noFlags]);
    nowMs += flagPace.checkAllMs;
    await cycle();
    expect(await ours(2)).toEqual(seen);
  });

  it('one changed by others between look and write is left alone, merged and written', async () => {
    await messages(2);
    await cycle();
    await set([1, 2], { seen: true });
    server.beforeStore = () => {
      server.put(1, '\\Answered');
      server.beforeStore = undefined;
    };
    await cycle();
    expect(stores()).toEqual(['store 2 +\\Seen', 'store 1 +\\Seen']);
    expect(await ours(1)).toEqual({ seen: true, flagged: false, answered: true });
    expect(server.flagsOf(1)).toEqual(['\\Answered', '\\Seen']);
  });

  it('one that is changed by others at every moment is given up for this cycle', async () => {
    await messages(1);
    await cycle();
    await set([1], { seen: true });
    let times = 0;
    server.beforeStore = () => {
      times += 1;
      server.put(1, ...(times % 2 === 1 ? ['\\Flagged'] : []));
    };
    await cycle();
    expect(times).toBe(3);
    server.beforeStore = undefined;
    await cycle();
    expect(server.flagsOf(1)).toContain('\\Seen');
  });
});

it('other flags of the owner are neither read nor touched', async () => {
  await messages(1);
  server.put(1, '\\Deleted', '\\Draft', '$Junk', '\\SEEN');
  await cycle();
  expect(await ours(1)).toEqual(seen);
  await set([1], { flagged: true });
  await cycle();
  expect(server.flagsOf(1)).toEqual(['$Junk', '\\Deleted', '\\Draft', '\\Flagged', '\\SEEN'].sort());
});
