import { createGraphAccess } from '../../engine/graph/create-graph-access.ts';
import { runGraphOutgoingCycle } from '../../engine/graph-outgoing/graph-outgoing-cycle.ts';
import type { NewEmail, OutgoingEmail } from '../../engine/records/email.ts';
import type { ExchangeGraphProfile } from '../../engine/records/email-server-profile.ts';
import { defaultSettings, type Settings } from '../../engine/records/settings.ts';
import type { CycleContext, CycleResult } from '../../engine/schedule/cycle.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import type { Lease, Store } from '../../engine/store/store.ts';
import { aMailbox, anExchangeProfile } from '../../engine/testing/fixtures.ts';
import { ManualClock } from '../../engine/testing/manual-clock.ts';
import { cycleContext } from './cycle-context.ts';
import { ScriptedGraph } from './scripted-graph.ts';

const minuteMs = 60_000;

/** One Exchange mailbox with a real store and a scripted Graph, and its outgoing cycle to run, life by life. */
export class GraphOutgoingBench {
  readonly clock = new ManualClock();
  readonly graph = new ScriptedGraph(() => this.clock.now());
  settings: Settings = defaultSettings;
  readonly #store = openSqliteStore({ path: ':memory:' });
  readonly #profile = anExchangeProfile();
  readonly #mailbox = {
    ...aMailbox('m1'),
    emailAddress: 'ann@example.org',
    emailServerProfileId: this.#profile.id,
    credential: { username: 'ann@example.org', secret: 'ann', mechanism: 'client-secret' as const },
  };
  #access = this.#open();
  #controller = new AbortController();
  #queued = 0;
  #lives = 0;

  async setUp(): Promise<void> {
    await this.#store.saveProfile(this.#profile);
    await this.#store.saveMailbox(this.#mailbox);
  }

  async queue(
    id: string,
    to: readonly string[] = ['bob@example.org'],
    more: Partial<NewEmail> = {},
  ): Promise<void> {
    this.#queued += 1;
    await this.#store.queueEmail(
      { id, mailboxId: 'm1', subject: id, to: to.map((address) => ({ address })), textBody: id, ...more },
      { messageId: `<${id}@example.org>`, queuedOn: this.clock.now() + this.#queued },
    );
  }

  /** A window passes, and the cycle runs to its end. */
  async cycle(afterMs = 6 * minuteMs): Promise<CycleResult> {
    await this.clock.advance(afterMs);
    const lease = await this.#lease();
    const context = this.#context(lease, this.#store);
    let result: CycleResult | undefined;
    const running = runGraphOutgoingCycle(context).then(async (report) => {
      result = report.result;
      await this.#store.finishCycle(lease, context.end(report.result));
    });
    for (let n = 0; n < 120 && result === undefined; n += 1) await this.clock.advance(1_000);
    await running;
    if (result === undefined) throw new Error('The cycle did not end.');
    return result;
  }

  /** Cycles, until the evidence of an unanswered sending must be in. */
  async cycles(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await this.cycle();
  }

  /** A cycle whose process dies just before its nth write, or just after. Resolves with whether it came to that. */
  async killAtWrite(nth: number, moment: 'before' | 'after'): Promise<boolean> {
    await this.clock.advance(6 * minuteMs);
    const lease = await this.#lease();
    let dead: () => void = () => undefined;
    const death = new Promise<true>((resolve) => {
      dead = () => resolve(true);
    });
    let writes = 0;
    const mortal = this.#hooked(async (call) => {
      writes += 1;
      if (writes < nth) return call();
      if (writes === nth && moment === 'after') await call();
      dead();
      return new Promise(() => undefined);
    });
    const lived = runGraphOutgoingCycle(this.#context(lease, mortal)).then(() => false);
    const died = await Promise.race([death, lived]);
    this.#access = this.#open();
    if (!died)
      await this.#store.finishCycle(
        lease,
        this.#context(lease, this.#store).end({ processed: 0, failed: 0 }),
      );
    return died;
  }

  abort(): void {
    this.#controller.abort();
  }

  resend(id: string): Promise<void> {
    return this.#store.resend(id, this.clock.now());
  }

  rows(): Promise<readonly OutgoingEmail[]> {
    return this.#store.outgoingEmails('m1');
  }

  async row(id: string): Promise<OutgoingEmail> {
    const row = await this.#store.outgoingEmail(id);
    if (row === undefined) throw new Error(`There is no email ${id}.`);
    return row;
  }

  async statuses(): Promise<readonly number[]> {
    return (await this.rows()).map(({ status }) => status);
  }

  async alertCodes(): Promise<readonly string[]> {
    return (await this.#store.alerts({ open: true })).map(({ code }) => code);
  }

  async close(): Promise<void> {
    this.#controller.abort();
    await this.#store.close();
  }

  #open() {
    return createGraphAccess({
      clock: this.clock,
      random: { float: () => 0.5 },
      tokens: { token: async () => 'token', refused: () => undefined },
      connector: { fetch: async (url, init) => this.graph.handle(new Request(url, init)) },
    });
  }

  async #lease(): Promise<Lease> {
    this.#lives += 1;
    const now = this.clock.now();
    const take = (at: number) =>
      this.#store.leaseDue({
        workload: 'outgoing',
        now: at,
        limit: 1,
        owner: `life-${this.#lives}`,
        leaseMs: this.settings.leaseMs,
      });
    const [lease] = await take(now);
    if (lease !== undefined) return lease;
    await this.clock.advance(this.settings.leaseMs);
    const [later] = await take(this.clock.now());
    if (later === undefined) throw new Error('The outgoing workload is not due.');
    return later;
  }

  #context(lease: Lease, store: Store): CycleContext<ExchangeGraphProfile> {
    this.#controller = new AbortController();
    return {
      ...cycleContext({
        lease,
        mailbox: this.#mailbox,
        profile: this.#profile,
        store,
        clock: this.clock,
        connector: { ...this.#unreachable },
        settings: this.settings,
        signal: this.#controller.signal,
      }),
      profile: this.#profile,
      graph: this.#access,
    };
  }

  readonly #unreachable = {
    connect: () => Promise.reject(new Error('Nothing here goes past Graph.')),
    upgrade: () => Promise.reject(new Error('Nothing here goes past Graph.')),
    connectSocket: () => Promise.reject(new Error('Nothing here goes past Graph.')),
    fetch: () => Promise.reject(new Error('Nothing here goes past Graph.')),
  };

  #hooked(around: (call: () => Promise<unknown>) => Promise<unknown>): Store {
    const writes: readonly PropertyKey[] = [
      'beginSending',
      'markDraft',
      'markHanded',
      'countLook',
      'recordSend',
      'clearLeftover',
    ];
    return new Proxy(this.#store, {
      get(target, property) {
        const member: unknown = Reflect.get(target, property);
        if (typeof member !== 'function' || !writes.includes(property)) return member;
        return (...values: unknown[]) => around(async () => Reflect.apply(member, target, values));
      },
    });
  }
}
