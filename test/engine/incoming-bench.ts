import { NodeConnector } from '../../engine/net/node-connector.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { ByteStream, Connector } from '../../engine/ports/connector.ts';
import { providerCycle } from '../../engine/providers/provider-cycles.ts';
import type { Mailbox } from '../../engine/records/mailbox.ts';
import { defaultSettings, type Settings } from '../../engine/records/settings.ts';
import type { CycleContext, CycleReport, CycleResult } from '../../engine/schedule/cycle.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import type { CycleEnd, Lease, Store } from '../../engine/store/store.ts';
import { noGraph } from '../../engine/testing/no-graph.ts';
import { noImap } from '../../engine/testing/no-imap.ts';
import type { ScriptedPop3Server } from './scripted-pop3-server.ts';

const started = Date.UTC(2026, 0, 1);

/** One mailbox with a real store and a scripted server, and the incoming cycle to run over them, life by life. */
export class IncomingBench {
  settings: Settings = defaultSettings;
  plugIn: (subject: string | undefined) => Promise<void> = () => Promise.resolve();
  /** Subjects the asynchronous plug-ins heard of. */
  readonly heard: (string | undefined)[] = [];
  readonly server: ScriptedPop3Server;
  readonly store: Store;
  /** Calls of the store that write, in order. */
  readonly writes: string[] = [];
  #now = started;
  #abort = new AbortController();

  private constructor(server: ScriptedPop3Server, store: Store) {
    this.server = server;
    this.store = store;
  }

  static async open(server: ScriptedPop3Server, mailbox: Partial<Mailbox> = {}): Promise<IncomingBench> {
    const bench = new IncomingBench(server, openSqliteStore({ path: ':memory:' }));
    const location = { host: '127.0.0.1', port: await server.listen(), security: 'none' as const };
    await bench.store.saveProfile({
      id: 'p1',
      name: 'scripted',
      serverType: 'pop3-smtp',
      incoming: location,
      outgoing: location,
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 5_000,
    });
    await bench.change(mailbox);
    return bench;
  }

  async change(mailbox: Partial<Mailbox>): Promise<void> {
    await this.store.saveMailbox({
      id: 'm1',
      name: 'Ann',
      emailAddress: 'ann@example.org',
      emailServerProfileId: 'p1',
      credential: { username: 'ann', secret: 'ann', mechanism: 'password' },
      enabledForIncomingEmail: true,
      enabledForOutgoingEmail: false,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: false,
      ...mailbox,
    });
  }

  /** Runs one cycle as the scheduler would, a window after the last one; finishes it where it did not itself. */
  async cycle(): Promise<CycleReport> {
    const lease = await this.#lease();
    const context = await this.#context(lease, this.store, new NodeConnector());
    const report = await providerCycle('incoming')(context);
    if (report.ended === undefined) await this.store.finishCycle(lease, context.end(report.result));
    return report;
  }

  /** Runs a cycle in a process that dies just before or after its nth write, if it comes to that. True if it died. */
  async killAt(nth: number, moment: 'before' | 'after'): Promise<boolean> {
    const lease = await this.#lease();
    const life = new MortalLife(this.store, nth, moment);
    const context = await this.#context(lease, life.store, life.connector);
    await Promise.race([
      providerCycle('incoming')(context).then((report) =>
        report.ended === undefined ? life.store.finishCycle(lease, context.end(report.result)) : true,
      ),
      life.death,
    ]);
    life.bury();
    return life.dead;
  }

  /** Runs a cycle in a process that is killed as soon as `when` holds; false when it came to its end before. */
  async killWhen(when: () => boolean): Promise<boolean> {
    const lease = await this.#lease();
    const life = new MortalLife(this.store, 0, 'before');
    const context = await this.#context(lease, life.store, life.connector);
    let over = false;
    const ending = providerCycle('incoming')(context).then(async (report) => {
      if (report.ended === undefined) await this.store.finishCycle(lease, context.end(report.result));
      over = true;
    });
    while (!when() && !over) await Promise.race([ending, new Promise((resolve) => setImmediate(resolve))]);
    life.dead = !over;
    life.bury();
    return !over;
  }

  /** Another runner takes the mailbox over, as it may once the lease is past. */
  async stealLease(): Promise<void> {
    await this.#lease();
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Subjects of what is stored, in the order stored. */
  async subjects(): Promise<(string | undefined)[]> {
    return (await this.store.receivedEmails('m1')).map((email) => email.subject);
  }

  async ledger(): Promise<Record<string, string>> {
    const rows = [...(await this.store.itemLedger('m1')).values()];
    return Object.fromEntries(
      rows
        .map((row) => [row.itemId, `${row.state}${row.deletePending ? ', to delete' : ''}`] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  }

  async alertCodes(): Promise<readonly string[]> {
    return (await this.store.alerts({ open: true })).map((alert) => alert.code);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.server.close();
    await this.store.close();
  }

  async #lease(): Promise<Lease> {
    // Long enough for any lease to be past.
    this.#now += 2 * this.settings.leaseMs;
    const [lease] = await this.store.leaseDue({
      workload: 'incoming',
      now: this.#now,
      limit: 1,
      owner: `life-${this.#now}`,
      leaseMs: this.settings.leaseMs,
    });
    if (lease === undefined) throw new Error('The incoming workload is not due.');
    return lease;
  }

  async #context(lease: Lease, store: Store, connector: Connector): Promise<CycleContext> {
    const mailbox = await this.store.mailbox('m1');
    const profile = await this.store.profile('p1');
    if (mailbox === undefined || profile === undefined) throw new Error('The bench lost its records.');
    this.#abort = new AbortController();
    const clock: Clock = {
      now: () => this.#now,
      setTimeout: (fn, delayMs) => setTimeout(fn, delayMs),
      clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
    };
    const startedAt = clock.now();
    return {
      lease,
      mailbox,
      profile,
      startedAt,
      store: this.#watched(store),
      clock,
      connector,
      graph: noGraph,
      imap: noImap,
      random: { float: () => 0.5, hex: (length) => '00'.repeat(length) },
      observe: () => undefined,
      settings: this.settings,
      plugIns: {
        before: ({ email }) => this.plugIn(email.subject),
        after: ({ email }) => void this.heard.push(email.subject),
      },
      secret: () => Promise.resolve('s3cret-word'),
      signal: this.#abort.signal,
      end: (result) => cycleEnd(result, startedAt, clock.now()),
    };
  }

  #watched(store: Store): Store {
    return new Proxy(store, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) => {
          if (isWrite(property)) this.writes.push(property);
          return Reflect.apply(member, target, values);
        };
      },
    });
  }
}

function isWrite(property: string | symbol): property is string {
  return property === 'beginItems' || property === 'commitIncoming' || property === 'finishCycle';
}

/** A process that dies at a write: its store calls hang from then on, and its connection is cut. */
class MortalLife {
  readonly store: Store;
  readonly connector: Connector;
  readonly death: Promise<void>;
  dead = false;
  readonly #streams: ByteStream[] = [];

  constructor(store: Store, nth: number, moment: 'before' | 'after') {
    let die = (): void => undefined;
    this.death = new Promise((resolve) => {
      die = resolve;
    });
    let calls = 0;
    const end = (): Promise<never> => {
      this.dead = true;
      this.bury();
      die();
      return new Promise<never>(() => undefined);
    };
    this.store = new Proxy(store, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property);
        if (typeof member !== 'function') return member;
        return async (...values: unknown[]) => {
          if (this.dead) return new Promise<never>(() => undefined);
          if (isWrite(property)) calls += 1;
          const here = isWrite(property) && calls === nth;
          if (here && moment === 'before') return end();
          const answer: unknown = await Reflect.apply(member, target, values);
          return here ? end() : answer;
        };
      },
    });
    const real = new NodeConnector();
    this.connector = {
      connect: async (to, signal) => {
        const stream = await real.connect(to, signal);
        this.#streams.push(stream);
        return stream;
      },
      upgrade: (stream, to, signal) => real.upgrade(stream, to, signal),
      connectSocket: (to, signal) => real.connectSocket(to, signal),
      fetch: (url, init, trust) => real.fetch(url, init, trust),
    };
  }

  bury(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}

function cycleEnd(result: CycleResult, startedAt: number, endedAt: number): CycleEnd {
  return {
    startedAt,
    endedAt,
    nextRunAt: endedAt + 5 * 60_000,
    wait: 'window',
    outcome: result.error === undefined ? 'success' : 'failure',
    processed: result.processed,
    failed: result.failed,
    error: result.error,
    transientFailureCount: 0,
    authFailureCount: 0,
    firstAuthFailureOn: undefined,
    disable: false,
    alerts: [],
    clearAlertCodes: [],
    memo: result.memo,
  };
}
