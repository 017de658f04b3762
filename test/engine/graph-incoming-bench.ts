import type { Connector } from '../../engine/ports/connector.ts';
import { providerCycle } from '../../engine/providers/provider-cycles.ts';
import type { Mailbox } from '../../engine/records/mailbox.ts';
import { defaultSettings, type Settings } from '../../engine/records/settings.ts';
import type { CycleReport } from '../../engine/schedule/cycle.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import type { Lease, Store } from '../../engine/store/store.ts';
import { aMailbox, anExchangeProfile } from '../../engine/testing/fixtures.ts';
import { ManualClock } from '../../engine/testing/manual-clock.ts';
import { cycleContext } from './cycle-context.ts';
import { ScriptedGraphMailbox } from './scripted-graph-mailbox.ts';

const windowMs = 5 * 60_000;

/** One Exchange mailbox with a real store and a scripted Graph, and its incoming cycle, life by life. */
export class GraphIncomingBench {
  settings: Settings = defaultSettings;
  readonly graph = new ScriptedGraphMailbox();
  readonly clock = new ManualClock();
  readonly store: Store;
  plugIn: (subject: string | undefined) => Promise<void> = () => Promise.resolve();
  #abort = new AbortController();
  #lives = 0;

  private constructor(store: Store) {
    this.store = store;
  }

  static async open(mailbox: Partial<Mailbox> = {}): Promise<GraphIncomingBench> {
    const bench = new GraphIncomingBench(openSqliteStore({ path: ':memory:' }));
    await bench.store.saveProfile(anExchangeProfile());
    const credential = { username: 'a@example.test', secret: 'a', mechanism: 'client-secret' } as const;
    await bench.store.saveMailbox(aMailbox('a', { emailServerProfileId: 'x', credential, ...mailbox }));
    return bench;
  }

  async cycle(): Promise<CycleReport> {
    return this.#run(await this.#lease(), this.store);
  }

  /** So many cycles, a window after each other. */
  async cycles(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await this.cycle();
  }

  /** A cycle in a process that dies just before or after its nth write, if it comes to that. True if it died. */
  async killAt(nth: number, moment: 'before' | 'after'): Promise<boolean> {
    let writes = 0;
    let dead = false;
    const lease = await this.#lease();
    const death = Promise.withResolvers<void>();
    const die = (): Promise<never> => {
      dead = true;
      death.resolve();
      return new Promise<never>(() => undefined);
    };
    const store = new Proxy(this.store, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property);
        if (typeof member !== 'function') return member;
        return async (...values: unknown[]) => {
          if (dead) return new Promise<never>(() => undefined);
          const isWrite = ['beginItems', 'commitIncoming', 'finishCycle'].includes(String(property));
          if (isWrite) writes += 1;
          const here = isWrite && writes === nth;
          if (here && moment === 'before') return die();
          const answer: unknown = await Reflect.apply(member, target, values);
          return here ? die() : answer;
        };
      },
    });
    await Promise.race([this.#run(lease, store), death.promise]);
    return dead;
  }

  abort(): void {
    this.#abort.abort();
  }

  async stealLease(): Promise<void> {
    await this.#lease();
  }

  async subjects(): Promise<readonly (string | undefined)[]> {
    return (await this.store.receivedEmails('a')).map(({ subject }) => subject);
  }

  async tracking(itemId: string) {
    return (await this.store.trackings('a', [itemId])).get(itemId);
  }

  async alertCodes(): Promise<readonly string[]> {
    return (await this.store.alerts({ open: true })).map(({ code }) => code);
  }

  async #run(lease: Lease, store: Store): Promise<CycleReport> {
    this.#abort = new AbortController();
    const { clock, graph, settings } = this;
    const context = cycleContext({
      lease,
      store,
      clock,
      settings,
      mailbox: (await this.store.mailbox('a'))!,
      profile: (await this.store.profile('x'))!,
      connector: noNetwork,
      signal: this.#abort.signal,
    });
    const plugIns = {
      before: ({ email }: { email: { subject: string | undefined } }) => this.plugIn(email.subject),
      after: () => undefined,
    };
    const report = await providerCycle('incoming')({ ...context, graph, plugIns });
    if (report.ended === undefined) await store.finishCycle(lease, context.end(report.result));
    return report;
  }

  async #lease(): Promise<Lease> {
    // Long enough for any lease to be past.
    await this.clock.advance(Math.max(windowMs, 2 * this.settings.leaseMs));
    this.#lives += 1;
    const { leaseMs } = this.settings;
    const request = { workload: 'incoming', now: this.clock.now(), limit: 1, leaseMs } as const;
    const [lease] = await this.store.leaseDue({ ...request, owner: `life-${this.#lives}` });
    if (lease === undefined) throw new Error('The incoming workload is not due.');
    return lease;
  }
}

const unreachable = (): Promise<never> => Promise.reject(new Error('There is no network here.'));
const noNetwork: Connector = {
  connect: unreachable,
  upgrade: unreachable,
  connectSocket: unreachable,
  fetch: unreachable,
};
