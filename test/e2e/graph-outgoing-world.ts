import {
  type Alert,
  Engine,
  type NewEmail,
  type OutgoingEmail,
  openSqliteStore,
  type Settings,
  type Store,
} from '../../engine/index.ts';
import type { WorkloadState } from '../../engine/store/store.ts';
import { createWorld, type Life, type Rule, sleep, type World } from '../../simulators/index.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';

const domain = 'alpha.test';
const names = ['ann', 'bob', 'cy'] as const;
const minuteMs = 60_000;

export interface GraphOutgoingWorldOptions {
  readonly rules?: readonly Rule[];
  readonly settings?: Partial<Settings>;
  readonly seed?: number;
  /** After a message was picked up, so long until it is in Sent Items; as the profile has it by default. */
  readonly savedAfterMs?: number;
}

/** One request the Graph service saw. */
export interface GraphAsked {
  readonly operation: string;
  readonly atMs: number;
}

/** An engine that sends for one mailbox of Exchange Online through Graph, in virtual time, judged by the provider's books. */
export class GraphOutgoingWorld {
  readonly store: Store = openSqliteStore({ path: ':memory:' });
  readonly asked: GraphAsked[] = [];
  readonly #options: GraphOutgoingWorldOptions;
  readonly #world: World;
  #engine: Engine | undefined;
  #life: Life | undefined;
  #lives = 0;

  constructor(options: GraphOutgoingWorldOptions = {}) {
    this.#options = options;
    this.#world = createWorld({
      seed: options.seed ?? 1,
      link: { latencyMs: 20 },
      rules: options.rules ?? [],
      providers: [
        {
          profile: profileWith(options.savedAfterMs),
          domain,
          mailboxes: names.map((name) => ({ address: `${name}@${domain}`, password: 'x' })),
        },
      ],
    });
    this.#world.trace.subscribe((event) => {
      if (event.kind !== 'command' || event.protocol !== 'graph') return;
      this.asked.push({ operation: event.command, atMs: this.#world.elapsedMs() });
    });
  }

  run(main: () => Promise<void>): Promise<void> {
    return this.#world.run(main);
  }

  async end(): Promise<void> {
    this.#world.end();
    await this.store.close();
  }

  /** The records, and the first life of the engine. */
  async begin(): Promise<void> {
    const { graph, oauth } = this.#provider;
    if (graph === undefined || oauth === undefined) throw new Error('The profile has no Graph.');
    const [app] = oauth.service.apps;
    if (app === undefined) throw new Error('The tenant has no application.');
    await this.store.saveProfile({
      id: 'p1',
      name: 'alpha',
      serverType: 'exchange-graph',
      graph: { baseUrl: graph.baseUrl, authority: oauth.authority, clientId: app.clientId },
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    });
    await this.store.saveMailbox({
      id: 'ann',
      name: 'Ann',
      emailAddress: `ann@${domain}`,
      emailServerProfileId: 'p1',
      credential: { username: `ann@${domain}`, secret: 'ann', mechanism: 'client-secret' },
      enabledForIncomingEmail: false,
      enabledForOutgoingEmail: true,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: false,
    });
    await this.start();
  }

  async start(): Promise<void> {
    const secret = this.#provider.oauth?.service.apps[0]?.secret ?? '';
    this.#lives += 1;
    this.#life = this.#world.life(`engine-${this.#lives}`);
    const { random, connector } = this.#life;
    const engine = new Engine({
      store: this.store,
      clock: this.#world.clock,
      random,
      connector,
      secrets: async () => secret,
      settings: this.#options.settings ?? {},
    });
    this.#engine = engine;
    await this.#life.run(() => engine.start());
  }

  async stop(): Promise<void> {
    await this.#engine?.stop();
  }

  /** As `kill -9`; `start` begins another life. */
  kill(): void {
    this.#life?.kill();
  }

  queue(
    id: string,
    to: readonly string[] = ['bob@alpha.test'],
    more: Partial<NewEmail> = {},
  ): Promise<unknown> {
    if (this.#engine === undefined) throw new Error('The engine was not started.');
    return this.#engine.queueEmail({
      id,
      mailboxId: 'ann',
      subject: id,
      to: to.map((address) => ({ address })),
      textBody: `This is ${id}.`,
      ...more,
    });
  }

  minutes(count: number): Promise<void> {
    return sleep(this.#world.clock, count * minuteMs);
  }

  /** Virtual milliseconds since the world began. */
  get elapsedMs(): number {
    return this.#world.elapsedMs();
  }

  async until(atMs: number): Promise<void> {
    await sleep(this.#world.clock, Math.max(0, atMs - this.#world.elapsedMs()));
  }

  heal(): void {
    this.#world.rules.heal();
  }

  /** `id address` of each copy the provider took responsibility for, sorted. */
  copies(): readonly string[] {
    return this.#provider.mail.truth.submissions
      .flatMap(({ raw, recipients }) =>
        recipients
          .filter(({ outcome }) => outcome === 'delivered' || outcome === 'outside')
          .map(({ address }) => `${/^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]} ${address}`),
      )
      .sort();
  }

  /** Each message that was submitted, as sent. */
  submissions(): readonly string[] {
    return this.#provider.mail.truth.submissions.map(({ raw }) => raw.toString('latin1'));
  }

  /** All that was ever delivered to a mailbox, as one text. */
  received(name: 'bob' | 'cy'): string {
    const delivered = this.#provider.mail.truth.everDelivered(`${name}@${domain}`);
    return delivered.map(({ message }) => message.raw.toString('latin1')).join('\n');
  }

  /** Subjects of what is in a folder of the sender's mailbox. */
  inFolder(name: string): readonly string[] {
    const mailbox = this.#provider.mail.find(`ann@${domain}`);
    const folder = mailbox?.folders.find((one) => one.name === name);
    return (folder?.entries ?? []).map(
      ({ message }) => /^Subject: (.*)\r$/m.exec(message.raw.toString('latin1'))?.[1] ?? '',
    );
  }

  async row(id: string): Promise<OutgoingEmail> {
    const row = await this.store.outgoingEmail(id);
    if (row === undefined) throw new Error(`There is no email ${id}.`);
    return row;
  }

  async statuses(): Promise<readonly number[]> {
    return (await this.store.outgoingEmails('ann')).map(({ status }) => status);
  }

  alerts(): Promise<readonly Alert[]> {
    return this.store.alerts({ open: true });
  }

  async alertCodes(): Promise<readonly string[]> {
    return [...new Set((await this.alerts()).map(({ code }) => code))].sort();
  }

  async state(): Promise<WorkloadState> {
    const state = await this.store.workloadState('ann', 'outgoing');
    if (state === undefined) throw new Error('There is no outgoing workload.');
    return state;
  }

  /** When each request of one operation came, in virtual milliseconds. */
  timesOf(operation: string): readonly number[] {
    return this.asked.filter((one) => one.operation === operation).map(({ atMs }) => atMs);
  }

  get peakOpen(): number {
    return this.#provider.graph?.peakOpen ?? 0;
  }

  /** Rules that never fired although they had to. */
  idleRules(): readonly string[] {
    return this.#world.rules
      .ledger()
      .filter(({ asExpected }) => !asExpected)
      .map(({ rule }) => rule);
  }

  get #provider() {
    return this.#world.provider(domain);
  }
}

function profileWith(savedAfterMs: number | undefined): ReturnType<typeof loadProfile> {
  const profile = loadProfile('exchange-online');
  const { graph } = profile;
  if (savedAfterMs === undefined || graph === undefined) return profile;
  return { ...profile, graph: { ...graph, sending: { ...graph.sending, savedAfterMs } } };
}
