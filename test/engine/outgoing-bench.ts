import type { Duplex } from 'node:stream';
import { NodeConnector } from '../../engine/net/node-connector.ts';
import { runOutgoingCycle } from '../../engine/outgoing/cycle.ts';
import type { SentFolders } from '../../engine/outgoing/sent-folders.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Connector, Endpoint } from '../../engine/ports/connector.ts';
import { providerCycle } from '../../engine/providers/provider-cycles.ts';
import type { NewEmail, OutgoingEmail } from '../../engine/records/email.ts';
import type { Mailbox } from '../../engine/records/mailbox.ts';
import { defaultSettings, type Settings } from '../../engine/records/settings.ts';
import type { CycleContext, CycleReport } from '../../engine/schedule/cycle.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import type { Lease, Store } from '../../engine/store/store.ts';
import { cycleContext } from './cycle-context.ts';
import type { ScriptedSmtpServer } from './scripted-smtp-server.ts';

type StoreCall = 'beginSending' | 'markHanded' | 'recordSend' | 'beginSentCopy' | 'recordSentCopy';

const started = Date.UTC(2026, 0, 1);
/** One mailbox with a real store and a scripted server, and the outgoing cycle to run over them, life by life. */
export class OutgoingBench {
  /** Where copies of what was sent are filed; without it none are. */
  folders: SentFolders | undefined;
  settings: Settings = { ...defaultSettings, smtpFinalDotTimeoutMs: 5_000 };
  readonly server: ScriptedSmtpServer;
  readonly #store: Store;
  #port = 0;
  #now = started;
  #queued = 0;
  #abort = new AbortController();
  readonly #hooks = new Map<StoreCall, () => Promise<void>>();

  private constructor(server: ScriptedSmtpServer, store: Store) {
    this.server = server;
    this.#store = store;
  }

  static async open(server: ScriptedSmtpServer): Promise<OutgoingBench> {
    const bench = new OutgoingBench(server, openSqliteStore({ path: ':memory:' }));
    bench.#port = await server.listen();
    const location = { host: '127.0.0.1', port: bench.#port, security: 'none' as const };
    await bench.#store.saveProfile({
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
    await bench.#store.saveMailbox({
      id: 'm1',
      name: 'Ann',
      emailAddress: 'ann@example.org',
      emailServerProfileId: 'p1',
      credential: { username: 'ann@example.org', secret: 'ann', mechanism: 'plain' },
      enabledForIncomingEmail: false,
      enabledForOutgoingEmail: true,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: false,
    });
    return bench;
  }

  async queue(email: NewEmail): Promise<void> {
    this.#queued += 1;
    await this.#store.queueEmail(email, {
      messageId: `<${email.id}@mailclock.example.org>`,
      queuedOn: this.#now + this.#queued,
    });
  }

  /** Runs one cycle as the scheduler would, a window after the last one; finishes it where it did not itself. */
  async cycle(): Promise<CycleReport> {
    const lease = await this.#lease();
    const context = await this.#context(lease, this.#store, new NodeConnector());
    const report = await this.#run(context);
    if (report.ended === undefined) await this.#store.finishCycle(lease, context.end(report.result));
    return report;
  }

  /** Runs a cycle in a process that dies just before or just after the nth such commit, if it comes to that. */
  async killAt(call: string, moment: string, nth: number): Promise<void> {
    const lease = await this.#lease();
    const life = new MortalLife(this.#store, call, moment, nth);
    const context = await this.#context(lease, life.store, life.connector);
    await Promise.race([this.#run(context), life.death]);
    life.bury();
  }

  /** Runs `action` before the next such call of the store. */
  before(call: StoreCall, action: () => Promise<void>): void {
    this.#hooks.set(call, action);
  }

  /** Another runner takes the mailbox over, as it may once the lease is past. */
  async stealLease(): Promise<void> {
    await this.#lease();
  }

  /** Changes the mailbox, as an administrator would. */
  async change(changes: Partial<Mailbox>): Promise<void> {
    const mailbox = await this.#store.mailbox('m1');
    if (mailbox !== undefined) await this.#store.saveMailbox({ ...mailbox, ...changes });
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  resend(emailId: string): Promise<void> {
    return this.#store.resend(emailId, this.#now);
  }

  abort(): void {
    this.#abort.abort();
  }

  subjects(): readonly (string | undefined)[] {
    return this.server.delivered.map(({ content }) => /^Subject: (.*?)\r$/m.exec(content)?.[1]);
  }

  rows(): Promise<readonly OutgoingEmail[]> {
    return this.#store.outgoingEmails('m1');
  }

  async statuses(): Promise<readonly number[]> {
    return (await this.rows()).map((row) => row.status);
  }

  async alertCodes(): Promise<readonly string[]> {
    return (await this.#store.alerts({ open: true })).map((alert) => alert.code);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.server.close();
    await this.#store.close();
  }

  #run(context: CycleContext): Promise<CycleReport> {
    const { profile } = context;
    if (this.folders === undefined || profile.serverType === 'exchange-graph')
      return providerCycle('outgoing')(context);
    return runOutgoingCycle({ ...context, profile }, this.folders);
  }

  async #lease(): Promise<Lease> {
    // Long enough for any lease to be past, and for any row to be due.
    this.#now += 2 * this.settings.leaseMs;
    const [lease] = await this.#store.leaseDue({
      workload: 'outgoing',
      now: this.#now,
      limit: 1,
      owner: `life-${this.#now}`,
      leaseMs: this.settings.leaseMs,
    });
    if (lease === undefined) throw new Error('The outgoing workload is not due.');
    return lease;
  }

  async #context(lease: Lease, store: Store, connector: Connector): Promise<CycleContext> {
    const mailbox = await this.#store.mailbox('m1');
    const profile = await this.#store.profile('p1');
    if (mailbox === undefined || profile === undefined) throw new Error('The bench lost its records.');
    this.#abort = new AbortController();
    const clock: Clock = {
      now: () => this.#now,
      setTimeout: (fn, delayMs) => setTimeout(fn, delayMs),
      clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
    };
    return cycleContext({
      lease,
      mailbox,
      profile,
      store: this.#hooked(store),
      clock,
      connector,
      settings: this.settings,
      signal: this.#abort.signal,
    });
  }

  #hooked(store: Store): Store {
    const hooks = this.#hooks;
    return new Proxy(store, {
      get(target, property) {
        const member: unknown = Reflect.get(target, property);
        if (typeof member !== 'function') return member;
        return async (...values: unknown[]) => {
          const hook = hooks.get(property as StoreCall);
          hooks.delete(property as StoreCall);
          await hook?.();
          return Reflect.apply(member, target, values);
        };
      },
    });
  }
}

/** A process that dies at a commit: its store calls hang from then on, and its sockets are cut. */
class MortalLife {
  readonly store: Store;
  readonly connector: Connector;
  readonly death: Promise<void>;
  #dead = false;
  #die: () => void = () => undefined;
  readonly #sockets: Duplex[] = [];

  constructor(store: Store, call: string, moment: string, nth: number) {
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
    let calls = 0;
    const die = (): Promise<never> => {
      this.#dead = true;
      for (const socket of this.#sockets) socket.destroy();
      this.#die();
      return new Promise<never>(() => undefined);
    };
    this.store = new Proxy(store, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property);
        if (typeof member !== 'function') return member;
        return async (...values: unknown[]) => {
          if (this.#dead) return new Promise<never>(() => undefined);
          const here = property === call && ++calls === nth;
          if (here && moment === 'before') return die();
          const answer: unknown = await Reflect.apply(member, target, values);
          return here ? die() : answer;
        };
      },
    });
    const real = new NodeConnector();
    this.connector = {
      connect: (to, signal) => real.connect(to, signal),
      upgrade: (stream, to, signal) => real.upgrade(stream, to, signal),
      fetch: (url, init, trust) => real.fetch(url, init, trust),
      connectSocket: async (to: Endpoint, signal: AbortSignal) => {
        const socket = await real.connectSocket(to, signal);
        this.#sockets.push(socket);
        return socket;
      },
    };
  }

  bury(): void {
    this.#dead = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
