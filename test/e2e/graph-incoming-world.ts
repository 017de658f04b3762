import { createHash } from 'node:crypto';
import { type Alert, Engine, openSqliteStore, type Settings, type Store } from '../../engine/index.ts';
import type { Tracking, TrackingFolder } from '../../engine/records/tracking.ts';
import { subscriptionsOf } from '../../simulators/graph/subscriptions/subscriptions-of.ts';
import { createWorld, type Life, type Rule, sleep, type World } from '../../simulators/index.ts';
import type { Folder } from '../../simulators/mailbox/folder.ts';
import type { Mailbox } from '../../simulators/mailbox/mailbox.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';

const domain = 'alpha.test';
const address = `ann@${domain}`;
/** Another user of the tenant. */
const neighbour = `bob@${domain}`;
const minuteMs = 60_000;

export interface GraphIncomingWorldOptions {
  readonly rules?: readonly Rule[];
  readonly settings?: Partial<Settings>;
  readonly seed?: number;
  readonly processEmailReceivedAfter?: number;
  /** Where Graph tells of changes; requests to it reach the engine. */
  readonly notificationUrl?: string;
  /** The user whose consent (a refresh token) opens the mailbox, instead of the application's own secret. */
  readonly consentOf?: string;
}

/** An engine that keeps one mailbox of Exchange Online through Graph, in virtual time, and its owner beside it. */
export class GraphIncomingWorld {
  readonly store: Store = openSqliteStore({ path: ':memory:' });
  /** What the engine finds where secrets are kept. */
  secret = '';
  /** Operations the service saw, in their order. */
  readonly asked: string[] = [];
  readonly #options: GraphIncomingWorldOptions;
  readonly #world: World;
  #engine: Engine | undefined;
  #life: Life | undefined;
  #lives = 0;

  constructor(options: GraphIncomingWorldOptions = {}) {
    this.#options = options;
    this.#world = createWorld({
      seed: options.seed ?? 1,
      link: { latencyMs: 20 },
      rules: options.rules ?? [],
      providers: [
        {
          profile: loadProfile('exchange-online'),
          domain,
          mailboxes: [address, neighbour].map((one) => ({ address: one, password: 'x' })),
        },
      ],
    });
    this.#world.trace.subscribe((event) => {
      if (event.kind === 'command' && event.protocol === 'graph') this.asked.push(event.command);
    });
  }

  run(main: () => Promise<void>): Promise<void> {
    return this.#world.run(main);
  }

  async end(): Promise<void> {
    this.#world.end();
    await this.store.close();
  }

  async begin(): Promise<void> {
    const { graph, oauth } = this.#door;
    const [app] = oauth.service.apps;
    if (app === undefined) throw new Error('The tenant has no application.');
    await this.store.saveProfile({
      id: 'p1',
      name: 'alpha',
      serverType: 'exchange-graph',
      graph: {
        ...{ baseUrl: graph.baseUrl, authority: oauth.authority, clientId: app.clientId },
        notificationUrl: this.#options.notificationUrl,
      },
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    });
    await this.store.saveMailbox({
      id: 'ann',
      name: 'Ann',
      emailAddress: address,
      emailServerProfileId: 'p1',
      credential: {
        username: address,
        secret: 'ann',
        mechanism: this.#options.consentOf === undefined ? 'client-secret' : 'refresh-token',
      },
      enabledForIncomingEmail: true,
      enabledForOutgoingEmail: false,
      processEmailReceivedAfter: this.#options.processEmailReceivedAfter ?? 0,
      processAndDeleteEmails: false,
    });
    await this.start();
  }

  async start(): Promise<void> {
    const { consentOf } = this.#options;
    const [app] = this.#door.oauth.service.apps;
    if (this.secret === '')
      this.secret = consentOf === undefined ? (app?.secret ?? '') : this.consent(consentOf);
    this.#lives += 1;
    this.#life = this.#world.life(`engine-${this.#lives}`);
    const { random, connector } = this.#life;
    const engine = new Engine({
      store: this.store,
      clock: this.#world.clock,
      random,
      connector,
      secrets: async () => this.secret,
      settings: this.#options.settings ?? {},
    });
    this.#engine = engine;
    if (this.#options.notificationUrl !== undefined)
      this.#door.graph.service.deliverTo = (request) => engine.notified(request);
    await this.#life.run(() => engine.start());
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('The engine was not started.');
    return this.#engine;
  }

  /** A refresh token of somebody who agrees now. */
  consent(user: string): string {
    return this.#door.oauth.service.issueRefreshToken(user);
  }

  /** All that a user ever agreed to is over, and what was made of it. */
  revoke(user: string): void {
    this.#door.oauth.service.revoke({ user, accessTokens: true });
  }

  /** A message arrives in the neighbour's Inbox. */
  deliverToNeighbour(subject: string): void {
    const mailbox = this.#provider.mail.find(neighbour);
    if (mailbox === undefined) throw new Error('There is no neighbour.');
    const raw = Buffer.from(`From: zoe@beta.test\r\nSubject: ${subject}\r\n\r\nNot for you.\r\n`);
    this.#provider.mail.deliver(mailbox, { raw, envelopeFrom: 'zoe@beta.test' });
  }

  /** As `kill -9`; `start` begins another life. */
  kill(): void {
    this.#life?.kill();
  }

  minutes(count: number): Promise<void> {
    return sleep(this.#world.clock, count * minuteMs);
  }

  sleep(ms: number): Promise<void> {
    return sleep(this.#world.clock, ms);
  }

  /** A message arrives in the Inbox. */
  deliver(subject: string, text = subject): void {
    const raw = Buffer.from(
      `Message-ID: <${subject.replaceAll(' ', '-')}@beta.test>\r\nFrom: zoe@beta.test\r\nSubject: ${subject}\r\n\r\n${text}\r\n`,
    );
    this.#provider.mail.deliver(this.mailbox, { raw, envelopeFrom: 'zoe@beta.test' });
  }

  /** A message arrives in the Inbox, byte for byte: by an import, say. */
  restore(raw: Buffer): void {
    this.#provider.mail.deliver(this.mailbox, { raw, envelopeFrom: 'zoe@beta.test' });
  }

  /** The subscriptions of the mailbox end, and nobody is told. */
  dropSubscriptions(): void {
    const subscriptions = subscriptionsOf(this.#door.graph.service);
    const { clientId = '' } = this.#door.oauth.service.apps[0] ?? {};
    for (const one of [...subscriptions.of(clientId)]) subscriptions.drop(one, { silently: true });
  }

  get mailbox(): Mailbox {
    const mailbox = this.#provider.mail.find(address);
    if (mailbox === undefined) throw new Error('There is no such mailbox.');
    return mailbox;
  }

  folder(path: string): Folder {
    return this.mailbox.createFolder(path);
  }

  /** The owner drags a message into a folder. */
  drag(subject: string, path: string): void {
    this.mailbox.move(this.#idOf(subject), path);
  }

  /** The owner deletes a message for good. */
  remove(subject: string): void {
    this.mailbox.remove([this.#idOf(subject)], 'owner');
  }

  categories(subject: string): readonly string[] {
    return this.#door.graph.service.items(this.mailbox).of(this.#idOf(subject)).categories;
  }

  categorize(subject: string, categories: readonly string[]): void {
    const items = this.#door.graph.service.items(this.mailbox);
    const id = this.#idOf(subject);
    items.set(id, { ...items.of(id), categories });
  }

  async subjects(): Promise<readonly string[]> {
    return (await this.store.receivedEmails('ann')).map(({ subject }) => subject ?? '');
  }

  /** Hashes of what is stored, and of what was ever delivered. */
  async hashes(): Promise<{ readonly stored: readonly string[]; readonly delivered: readonly string[] }> {
    const stored = (await this.store.receivedEmails('ann')).map(({ rawSha256 }) => rawSha256).sort();
    const delivered = this.#provider.mail.truth
      .everDelivered(address)
      .map(({ message }) => createHash('sha256').update(message.raw).digest('hex'))
      .sort();
    return { stored, delivered };
  }

  /** What is known of the tracking of a stored message. */
  async tracking(subject: string): Promise<Tracking | undefined> {
    const ids = [...(await this.store.itemLedger('ann')).keys()];
    const emails = await this.store.receivedEmails('ann');
    const emailId = emails.find((email) => email.subject === subject)?.id;
    const trackings = [...(await this.store.trackings('ann', ids)).values()];
    return trackings.find((one) => one.emailId === emailId);
  }

  folders(): Promise<readonly TrackingFolder[]> {
    return this.engine.trackingFolders('ann');
  }

  async alerts(): Promise<readonly Pick<Alert, 'code' | 'count'>[]> {
    return this.store.alerts({ open: true });
  }

  async alertCodes(): Promise<readonly string[]> {
    return [...new Set((await this.alerts()).map(({ code }) => code))].sort();
  }

  async error(): Promise<string | undefined> {
    return (await this.store.statistics('ann'))?.lastSyncError;
  }

  async enabled(): Promise<boolean | undefined> {
    return (await this.store.workloadState('ann', 'incoming'))?.enabled;
  }

  /** Operations since the last call. */
  since(): readonly string[] {
    return this.asked.splice(0);
  }

  get peakOpen(): number {
    return this.#door.graph.peakOpen;
  }

  /** Rules that never fired although they had to. */
  idleRules(): readonly string[] {
    return this.#world.rules
      .ledger()
      .filter(({ asExpected }) => !asExpected)
      .map(({ rule }) => rule);
  }

  heal(): void {
    this.#world.rules.heal();
  }

  #idOf(subject: string): string {
    for (const folder of this.mailbox.folders)
      for (const { message } of folder.entries)
        if (message.raw.includes(`Subject: ${subject}\r\n`)) return message.id;
    throw new Error(`There is no message ${subject}.`);
  }

  get #door() {
    const { graph, oauth } = this.#provider;
    if (graph === undefined || oauth === undefined) throw new Error('The profile has no Graph.');
    return { graph, oauth };
  }

  get #provider() {
    return this.#world.provider(domain);
  }
}

/** Runs `main` in a world and ends it, whatever happens. */
export async function inGraphWorld(
  options: GraphIncomingWorldOptions,
  main: (world: GraphIncomingWorld) => Promise<void>,
): Promise<void> {
  const world = new GraphIncomingWorld(options);
  let failure: unknown;
  try {
    await world.run(async () => {
      await world.begin();
      try {
        await main(world);
      } catch (error) {
        failure = error;
      }
      await world.engine.stop();
    });
  } finally {
    await world.end();
  }
  if (failure !== undefined) throw failure;
}
