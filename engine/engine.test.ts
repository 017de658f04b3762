import { describe, expect, it } from 'vitest';
import type { ClassifiedError } from './errors/error-class.ts';
import { Engine, type EngineOptions, openSqliteStore, type Store } from './index.ts';
import type { EngineEvent } from './ports/observer.ts';
import { providerCycle } from './providers/provider-cycles.ts';
import type { Cycle } from './schedule/cycle.ts';
import { aMailbox, anExchangeProfile, aProfile, aReceivedEmail } from './testing/fixtures.ts';
import { ManualClock } from './testing/manual-clock.ts';

// Policy: a workload runs again a window after the END of its last cycle, whatever the cycle took; workloads, mailboxes
// and profiles do not hold each other up; connections never exceed the cap; an engine that dies leaves nothing behind
// that the next one does not pick up.

const minute = 60_000;
const lost: ClassifiedError = { class: 'transient', code: 'connection-lost', text: 'lost', phase: 'uidl' };

const nothing: Cycle = async () => ({ result: { processed: 0, failed: 0 }, ended: undefined });

/** A cycle that takes its time. */
const lasting =
  (ms: number): Cycle =>
  async ({ clock, signal }) => {
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, ms);
      signal.addEventListener('abort', () => resolve());
    });
    return { result: { processed: 1, failed: 0 }, ended: undefined };
  };

type Ended = Extract<EngineEvent, { kind: 'cycle-end' }>;

async function world(given: {
  mailboxes?: readonly string[];
  store?: Store;
  clock?: ManualClock;
  connections?: number;
  options?: Partial<EngineOptions>;
}) {
  const clock = given.clock ?? new ManualClock();
  const store = given.store ?? openSqliteStore({ path: ':memory:' });
  if (given.store === undefined) {
    await store.saveProfile(aProfile({ maxConcurrentConnections: given.connections ?? 10 }));
    for (const id of given.mailboxes ?? ['m']) await store.saveMailbox(aMailbox(id));
  }
  const events: EngineEvent[] = [];
  const unreachable = async (): Promise<never> => {
    throw new Error('no network here');
  };
  const engine = new Engine({
    store,
    clock,
    random: { float: () => 0.5, hex: (length) => '00'.repeat(length) },
    connector: { connect: unreachable, upgrade: unreachable, connectSocket: unreachable, fetch: unreachable },
    secrets: async () => 'secret',
    observe: (event) => events.push(event),
    cycles: { incoming: nothing, outgoing: nothing },
    ...given.options,
  });
  const ended = (workload: string): Ended[] =>
    events.filter((event): event is Ended => event.kind === 'cycle-end' && event.workload === workload);
  return { clock, store, engine, events, ended };
}

describe('the engine', () => {
  it('runs a workload again exactly a window after its end', async () => {
    const { clock, engine, ended } = await world({ options: { cycles: { incoming: lasting(7_123) } } });
    const start = clock.now();
    await engine.start();
    await clock.advance(20 * minute);
    const period = 5 * minute + 7_123;
    expect(ended('incoming').map(({ startedAtMs }) => startedAtMs - start)).toEqual([
      0,
      period,
      2 * period,
      3 * period,
    ]);
    expect(ended('incoming')[0]?.nextRunAtMs).toBe(start + 7_123 + 5 * minute);
    await engine.stop();
  });

  it('ends outgoing cycles with nothing to send without running them, on the same window', async () => {
    let ran = 0;
    const outgoing: Cycle = async (context) => {
      ran += 1;
      return nothing(context);
    };
    const { clock, engine, ended } = await world({ options: { cycles: { outgoing, incoming: nothing } } });
    const start = clock.now();
    await engine.start();
    await clock.advance(11 * minute);
    expect(ran).toBe(0);
    expect(ended('outgoing').map(({ atMs }) => atMs - start)).toEqual([0, 5 * minute, 10 * minute]);
    await engine.queueEmail({ id: 'e', mailboxId: 'm', subject: 's', to: [{ address: 'a@example.test' }] });
    await clock.advance(5 * minute);
    expect(ran).toBe(1);
    await engine.stop();
  });

  it('keeps outgoing on time while incoming hangs', async () => {
    const { clock, engine, ended } = await world({ options: { cycles: { incoming: lasting(19 * minute) } } });
    await engine.start();
    await clock.advance(16 * minute);
    expect(ended('incoming')).toHaveLength(0);
    expect(ended('outgoing')).toHaveLength(4);
    await engine.stop();
  });

  it('never opens more connections than the profile allows, and serves all in turn', async () => {
    let open = 0;
    let most = 0;
    const order: string[] = [];
    const incoming: Cycle = async (context) => {
      open += 1;
      most = Math.max(most, open);
      order.push(context.mailbox.id);
      const report = await lasting(1_000)(context);
      open -= 1;
      return report;
    };
    const mailboxes = Array.from({ length: 20 }, (_, index) => `m${String(index).padStart(2, '0')}`);
    const { clock, engine } = await world({ mailboxes, connections: 3, options: { cycles: { incoming } } });
    await engine.start();
    await clock.advance(10_000);
    expect(most).toBe(3);
    expect(order).toEqual(mailboxes);
    await engine.stop();
  });

  const lingering =
    (ms: number): Cycle =>
    async (context) => ({ ...(await lasting(ms)(context)), lingering: true });

  it('holds the slot of a connection its server may still count, and only that long', async () => {
    const { clock, engine, ended } = await world({
      mailboxes: ['a', 'b', 'c'],
      connections: 2,
      options: {
        cycles: { incoming: (context) => (context.mailbox.id === 'a' ? lingering : lasting)(1_000)(context) },
        settings: { incomingWindowMs: 60 * minute },
      },
    });
    const start = clock.now();
    await engine.start();
    await clock.advance(30 * minute);
    const at = (id: string) =>
      ended('incoming').find(({ mailboxId }) => mailboxId === id)!.startedAtMs - start;
    expect([at('a'), at('b'), at('c')]).toEqual([0, 0, 1_000]);
    await engine.syncNow('a', 'incoming');
    await clock.advance(1_000);
    await engine.syncNow('b', 'incoming');
    await clock.advance(0);
    await engine.syncNow('c', 'incoming');
    const from = clock.now();
    await clock.advance(20 * minute);
    const again = ended('incoming').filter(({ startedAtMs }) => startedAtMs >= from);
    // One slot of two is held by what a left behind: b and c share the other.
    expect(again.map(({ mailboxId, startedAtMs }) => [mailboxId, startedAtMs - from])).toEqual([
      ['b', 0],
      ['c', 1_000],
    ]);
    await engine.stop();
  });

  it('opens nothing in the place of what a life before may have left open, however it ended', async () => {
    const hanging: Cycle = () => new Promise(() => {});
    const first = await world({
      mailboxes: ['a', 'b'],
      connections: 2,
      options: { cycles: { incoming: hanging } },
    });
    await first.engine.start();
    const killed = await world({
      store: first.store,
      clock: first.clock,
      options: { cycles: { incoming: lingering(1_000) } },
    });
    await killed.engine.start();
    await first.clock.advance(10 * minute - 1);
    expect(killed.ended('incoming')).toHaveLength(0);
    await first.clock.advance(1_001);
    expect(killed.ended('incoming')).toHaveLength(2);
    await killed.engine.stop();
    const stopped = await world({ store: first.store, clock: first.clock });
    await stopped.engine.start();
    await first.clock.advance(10 * minute - 1);
    expect(stopped.ended('incoming')).toHaveLength(0);
    await first.clock.advance(1);
    expect(stopped.ended('incoming')).toHaveLength(2);
    await stopped.engine.stop();
  });

  it('gives a mailbox that finds no slot in a single run back, to be due as before', async () => {
    const incoming: Cycle = async (context) => ({ ...(await nothing(context)), lingering: true });
    const { store, engine } = await world({
      mailboxes: ['a', 'b'],
      connections: 1,
      options: { cycles: { incoming } },
    });
    expect((await engine.runOnce()).cycles).toBe(3);
    const left = (await store.workloadStates()).find(
      ({ mailboxId, workload }) => mailboxId === 'b' && workload === 'incoming',
    );
    expect(left).toMatchObject({ leaseOwner: undefined, lastEndedOn: undefined });
  });

  it('lets one profile with all connections taken hold up no other', async () => {
    const { clock, store, engine, ended } = await world({
      mailboxes: Array.from({ length: 100 }, (_, index) => `a${index}`),
      connections: 1,
      options: { cycles: { incoming: lasting(minute) } },
    });
    await store.saveProfile(aProfile({ id: 'q' }));
    await store.saveMailbox(aMailbox('z', { emailServerProfileId: 'q' }));
    await engine.start();
    await clock.advance(minute);
    expect(ended('incoming').map(({ mailboxId }) => mailboxId)).toContain('z');
    // Nor does it take leases for all that wait, which would run out unused.
    const leased = (await store.workloadStates()).filter(({ leaseOwner }) => leaseOwner !== undefined);
    expect(leased.length).toBeLessThanOrEqual(64);
    await engine.stop();
  });

  it('serves 10,000 that are due at once, each once', async () => {
    const mailboxes = Array.from({ length: 10_000 }, (_, index) => `m${index}`);
    const { engine, ended } = await world({ mailboxes });
    const summary = await engine.runOnce();
    expect(summary.cycles).toBe(20_000);
    expect(new Set(ended('incoming').map(({ mailboxId }) => mailboxId)).size).toBe(10_000);
  });

  it('comes back at once on sync now, but not into a wait the server asked for', async () => {
    const throttled: Cycle = async () => ({
      result: {
        processed: 0,
        failed: 0,
        error: {
          class: 'throttled',
          code: 'slow-down',
          text: 'slow',
          phase: 'auth',
          retryAfterMs: 10 * minute,
        },
      },
      ended: undefined,
    });
    let cycle = nothing;
    const { clock, engine, ended } = await world({
      options: { cycles: { incoming: (context) => cycle(context) } },
    });
    await engine.start();
    await clock.advance(1_000);
    cycle = throttled;
    await engine.syncNow('m', 'incoming');
    await clock.advance(0);
    expect(ended('incoming')).toHaveLength(2);
    await engine.syncNow('m', 'incoming');
    await clock.advance(9 * minute);
    expect(ended('incoming')).toHaveLength(2);
    await clock.advance(3 * minute);
    expect(ended('incoming')).toHaveLength(3);
    await engine.stop();
  });

  it('disables after ten transient failures five minutes apart, with the same code, and tells', async () => {
    const incoming: Cycle = async () => ({
      result: { processed: 0, failed: 0, error: lost },
      ended: undefined,
    });
    const { clock, store, engine, ended } = await world({ options: { cycles: { incoming } } });
    const start = clock.now();
    await engine.start();
    await clock.advance(120 * minute);
    expect(ended('incoming').map(({ atMs }) => (atMs - start) / minute)).toEqual([
      0, 5, 10, 15, 20, 25, 30, 35, 40, 45,
    ]);
    expect((await store.workloadState('m', 'incoming'))?.enabled).toBe(false);
    expect((await store.workloadState('m', 'outgoing'))?.enabled).toBe(true);
    const open = await store.alerts({ open: true });
    expect(open.map(({ code }) => code)).toEqual(['mailbox-disabled']);
    expect(open[0]?.text).toContain('connection-lost');
    expect((await store.statistics('m'))?.lastSyncErrorCode).toBe('connection-lost');
    await engine.stop();
    await engine.enableMailbox('m');
    expect(await store.alerts({ open: true })).toEqual([]);
    expect(await store.workloadState('m', 'incoming')).toMatchObject({
      enabled: true,
      transientFailureCount: 0,
    });
  });

  it('disables nobody in an outage of the provider, raises one alert, and clears it when it is over', async () => {
    let down = true;
    const incoming: Cycle = async () => ({
      result: { processed: 0, failed: 0, error: down ? lost : undefined },
      ended: undefined,
    });
    const { clock, store, engine } = await world({
      mailboxes: ['a', 'b', 'c', 'd'],
      options: { cycles: { incoming } },
    });
    await engine.start();
    await clock.advance(120 * minute);
    expect((await store.workloadStates()).every(({ enabled }) => enabled)).toBe(true);
    const codes = (await store.alerts({ open: true })).map(({ code }) => code);
    expect(codes.filter((code) => code === 'provider-outage')).toHaveLength(1);
    down = false;
    await clock.advance(10 * minute);
    const left = (await store.alerts({ open: true })).map(({ code }) => code);
    expect(left).not.toContain('provider-outage');
    expect(left).not.toContain('sync-trouble');
    await engine.stop();
  });

  it('keeps a thousand mailboxes on through an outage of hours and a restart in it, and resumes all', async () => {
    let down = false;
    const incoming: Cycle = async () => ({
      result: { processed: 0, failed: 0, error: down ? lost : undefined },
      ended: undefined,
    });
    const mailboxes = Array.from({ length: 1_000 }, (_, index) => `m${index}`);
    const first = await world({ mailboxes, connections: 50, options: { cycles: { incoming } } });
    const { clock, store } = first;
    await first.engine.start();
    await clock.advance(6 * minute);
    down = true;
    await clock.advance(60 * minute);
    await first.engine.stop();
    // One that had to learn of the outage anew would count ten failures of somebody before it knew.
    const failures = async () => (await store.workloadStates()).map((state) => state.transientFailureCount);
    const before = await failures();
    const second = await world({ store, clock, options: { cycles: { incoming } } });
    await second.engine.start();
    await clock.advance(180 * minute);
    expect(await failures()).toEqual(before);
    const states = await store.workloadStates();
    expect(states.filter(({ enabled }) => !enabled)).toEqual([]);
    const open = (await store.alerts({ open: true })).map(({ code }) => code);
    expect(open.filter((code) => code === 'provider-outage')).toHaveLength(1);
    down = false;
    const upAt = clock.now();
    await clock.advance(6 * minute);
    const resumed = second
      .ended('incoming')
      .filter(({ atMs, outcome }) => atMs >= upAt && outcome === 'success');
    expect(new Set(resumed.map(({ mailboxId }) => mailboxId)).size).toBe(1_000);
    const left = (await store.alerts({ open: true })).map(({ code }) => code);
    expect(left).not.toContain('provider-outage');
    await second.engine.stop();
  });

  it('tells when more than half of a profile fail within an hour, without an outage', async () => {
    const refused: ClassifiedError = { class: 'auth-maybe', code: 'refused', text: 'refused', phase: 'auth' };
    const incoming: Cycle = async ({ mailbox }) => ({
      result: { processed: 0, failed: 0, error: mailbox.id === 'd' ? undefined : refused },
      ended: undefined,
    });
    const { clock, store, engine } = await world({
      mailboxes: ['a', 'b', 'c', 'd'],
      options: { cycles: { incoming } },
    });
    await engine.start();
    await clock.advance(30 * minute);
    const [many, ...more] = (await store.alerts({ open: true })).filter(
      ({ code }) => code === 'many-mailboxes-failing',
    );
    expect(more).toEqual([]);
    expect(many).toMatchObject({ scope: 'email-server-profile', emailServerProfileId: 'p', count: 1 });
    await engine.stop();
  });

  it('tells once of a mailbox whose profile is missing, and serves it when it is there', async () => {
    const { clock, store, engine, ended } = await world({ mailboxes: ['m'] });
    await store.saveMailbox(aMailbox('lone', { emailServerProfileId: 'q', enabledForOutgoingEmail: false }));
    const missing = async () =>
      (await store.alerts({ open: true })).filter(({ code }) => code === 'profile-missing');
    await engine.start();
    await clock.advance(61 * minute);
    expect(await missing()).toMatchObject([{ mailboxId: 'lone', count: 1 }]);
    expect((await missing())[0]?.text).toContain('no server profile q');
    expect(ended('incoming').filter(({ mailboxId }) => mailboxId === 'm')).toHaveLength(13);
    await store.saveProfile(aProfile({ id: 'q' }));
    await clock.advance(5 * minute);
    expect(await missing()).toEqual([]);
    expect(ended('incoming').at(-1)?.outcome).toBe('success');
    await engine.stop();
  });

  it('runs sooner for a hint, once more for any number of them in a cycle, and never in a told wait', async () => {
    const slow = await world({ options: { cycles: { incoming: lasting(minute) } } });
    await slow.engine.start();
    await slow.clock.advance(1_000);
    await slow.engine.hint('m');
    await slow.engine.hint('m');
    await slow.clock.advance(2 * minute);
    expect(slow.ended('incoming')).toHaveLength(2);
    await slow.clock.advance(minute);
    await slow.engine.hint('m');
    await slow.clock.advance(minute);
    expect(slow.ended('incoming')).toHaveLength(3);
    await slow.engine.stop();
    const throttled: ClassifiedError = { ...lost, class: 'throttled', retryAfterMs: 30 * minute };
    const told: Cycle = async () => ({
      result: { processed: 0, failed: 0, error: throttled },
      ended: undefined,
    });
    const held = await world({ options: { cycles: { incoming: told } } });
    await held.engine.start();
    await held.clock.advance(1_000);
    await held.engine.hint('m');
    await held.clock.advance(29 * minute);
    expect(held.ended('incoming')).toHaveLength(1);
    await held.engine.stop();
  });

  it('tracks folders where there are any, messages of Exchange mailboxes only, and so many folders', async () => {
    const { store, engine } = await world({ options: { settings: { maxFolderBasedTrackingMappings: 1 } } });
    await expect(engine.trackFolder('m', { path: 'Projects' })).rejects.toThrow(/has no folders/);
    await store.saveProfile({ ...aProfile(), id: 'i', serverType: 'imap-smtp' });
    await store.saveMailbox(aMailbox('i', { emailServerProfileId: 'i' }));
    await expect(engine.trackFolder('i', { folderId: 'F' })).rejects.toThrow(/by its path/);
    expect(await engine.trackFolder('i', { path: 'Projects' })).toMatchObject({ status: 'unchecked' });
    await expect(engine.track('m', { itemId: 'i' })).rejects.toThrow(/not of an Exchange/);
    await store.saveProfile(anExchangeProfile());
    await store.saveMailbox(aMailbox('e', { emailServerProfileId: 'x' }));
    const folder = await engine.trackFolder('e', { path: 'Projects', regarding: 'case 1' });
    expect(await engine.trackingFolders('e')).toEqual([folder]);
    await expect(engine.trackFolder('e', { folderId: 'F' })).rejects.toThrow(/no more are allowed/);
    await engine.untrackFolder('e', folder.id);
    await expect(engine.untrackFolder('e', folder.id)).rejects.toThrow(/no tracked folder/);
    await engine.track('e', { messageId: '<1@example.test>', regarding: 'case 2' });
    expect(await engine.untrack('e', { messageId: '<1@example.test>' })).toBe(true);
    expect(await engine.untrack('e', { messageId: '<1@example.test>' })).toBe(false);
  });

  it('sets flags of received mail, of one and of many, all or none, and only where they are shared', async () => {
    const { store, engine } = await world({ mailboxes: ['m', 'n'] });
    await store.saveMailbox(aMailbox('m', { synchronizeFlags: true }));
    const ids: number[] = [];
    for (const lease of await store.leaseDue({
      ...{ workload: 'incoming', now: 1e15, limit: 2 },
      ...{ owner: 'one', leaseMs: 1 },
    })) {
      const items = ['1', '2'].map(
        (itemId) => ({ itemId, outcome: 'stored', email: aReceivedEmail(), deletePending: false }) as const,
      );
      ids.push(...(await store.commitIncoming(lease, { items, gone: [] })).storedIds.values());
    }
    const [first = 0, second = 0, foreign = 0] = ids;
    await engine.setEmailFlags(first, { seen: true });
    await engine.setEmailFlags([first, second], { flagged: true });
    const flags = async () => (await store.receivedEmails('m')).map((email) => email.flags);
    const now = [
      { seen: true, flagged: true, answered: false },
      { seen: false, flagged: true, answered: false },
    ];
    expect(await flags()).toEqual(now);
    for (const unknown of [foreign, 999])
      await expect(engine.setEmailFlags([first, unknown], { seen: false })).rejects.toMatchObject({
        code: 'flags-not-synchronized',
        message: expect.stringContaining(`Email ${unknown} `),
      });
    expect(await flags()).toEqual(now);
  });

  it('disables a workload whose credentials are for another type of server', async () => {
    const { store, engine } = await world({ options: { cycles: { outgoing: nothing } } });
    await store.saveProfile(anExchangeProfile());
    await store.saveMailbox(aMailbox('e', { emailServerProfileId: 'x' }));
    const cycle = providerCycle('incoming');
    const mixed = await world({ store, options: { cycles: { incoming: cycle, outgoing: nothing } } });
    await engine.disableWorkload('m', 'incoming');
    await mixed.engine.runOnce();
    expect(mixed.ended('incoming')).toMatchObject([
      { mailboxId: 'e', code: 'credential-mechanism', wait: 'disabled' },
    ]);
  });

  it('tells a running cycle to stop, and leaves its work due at once', async () => {
    const { clock, store, engine } = await world({ options: { cycles: { incoming: lasting(10 * minute) } } });
    await engine.start();
    await clock.advance(minute);
    await engine.stop();
    const state = await store.workloadState('m', 'incoming');
    expect(state?.leaseOwner).toBeUndefined();
    expect(state?.nextRunAt).toBe(clock.now());
    expect(state?.transientFailureCount).toBe(0);
  });

  it('takes its own leases back at once when it starts again, and the dead runner can write no more', async () => {
    const hanging: Cycle = () => new Promise(() => {});
    const first = await world({ options: { cycles: { incoming: hanging } } });
    await first.engine.start();
    const held = await first.store.workloadState('m', 'incoming');
    expect(held?.leaseOwner).toBe('engine');
    const again = await world({ store: first.store, clock: first.clock });
    await again.engine.start();
    await first.clock.advance(1);
    expect(again.ended('incoming')).toHaveLength(1);
    expect((await first.store.workloadState('m', 'incoming'))?.fence).toBeGreaterThan(held!.fence);
  });

  it('leaves the leases of another engine alone until they run out', async () => {
    const hanging: Cycle = () => new Promise(() => {});
    const first = await world({ options: { name: 'one', cycles: { incoming: hanging } } });
    await first.engine.start();
    const second = await world({ store: first.store, options: { name: 'two' } });
    await second.engine.start();
    await second.clock.advance(30 * minute - 1);
    expect(second.ended('incoming')).toHaveLength(0);
    await second.clock.advance(1);
    expect(second.ended('incoming')).toHaveLength(1);
  });

  it('refuses settings out of bounds with a sentence', async () => {
    await expect(world({ options: { settings: { backgroundSendBatchSize: 256 } } })).rejects.toThrow(
      'The setting backgroundSendBatchSize must be a whole number from 1 to 255.',
    );
    await expect(world({ options: { settings: { leaseMs: 1 } } })).rejects.toThrow(/leaseMs is 1, shorter/);
  });
});
