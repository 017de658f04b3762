import { Engine, type EngineEvent, openSqliteStore, type Settings, type Store } from '../../engine/index.ts';
import type { ImapSmtpProfile } from '../../engine/records/email-server-profile.ts';
import type { Mailbox } from '../../engine/records/mailbox.ts';
import { createWorld, type Life, type Rule, sleep, type World } from '../../simulators/index.ts';
import type { ImapProfile } from '../../simulators/profiles/imap-profile.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';

const domain = 'alpha.test';
const hourMs = 60 * 60_000;

export interface ImapHintsWorldOptions {
  readonly rules?: readonly Rule[];
  readonly names?: readonly string[];
  readonly profile?: Partial<ImapSmtpProfile>;
  readonly settings?: Partial<Settings>;
  readonly mailbox?: Partial<Mailbox>;
  /** What the server does otherwise than Dovecot. */
  readonly served?: Partial<ImapProfile>;
}

/** The whole engine, listening to the Inboxes of one IMAP server in virtual time; windows are an hour long. */
export class ImapHintsWorld {
  readonly store: Store = openSqliteStore({ path: ':memory:' });
  /** When an incoming cycle began, by mailbox, in seconds since the world began. */
  readonly begun: Record<string, readonly number[]> = {};
  /** Commands of IMAP, with their mailbox, since the world began. */
  readonly commands: string[] = [];
  readonly ends: EngineEvent[] = [];
  /** Connections ever made. */
  connections = 0;
  readonly #open = new Set<string>();
  readonly #world: World;
  readonly #options: ImapHintsWorldOptions;
  readonly #names: readonly string[];
  #engine: Engine | undefined;
  #life: Life | undefined;
  #lives = 0;

  constructor(options: ImapHintsWorldOptions = {}) {
    this.#options = options;
    this.#names = options.names ?? ['ann'];
    const profile = loadProfile('dovecot-postfix');
    if (profile.imap === undefined) throw new Error('The provider has no IMAP.');
    this.#world = createWorld({
      seed: 1,
      rules: options.rules ?? [],
      providers: [
        {
          profile: { ...profile, imap: { ...profile.imap, ...options.served } },
          domain,
          mailboxes: this.#names.map((name) => ({ address: `${name}@${domain}`, password: 's3cret-word' })),
        },
      ],
    });
    this.#world.trace.subscribe((event) => {
      if (!('protocol' in event) || event.protocol !== 'imap') return;
      if (event.kind === 'command') this.commands.push(`${event.mailbox ?? ''} ${event.command}`.trim());
      if (event.kind === 'connect') this.#open.add(event.connection);
      if (event.kind === 'disconnect') this.#open.delete(event.connection);
      if (event.kind === 'connect') this.connections += 1;
    });
  }

  async run(main: () => Promise<void>): Promise<void> {
    await this.#world.run(async () => {
      await this.#save();
      await this.start();
      await main();
      await this.#engine?.stop();
    });
  }

  async start(): Promise<void> {
    this.#lives += 1;
    const life = this.#world.life(`engine-${this.#lives}`);
    this.#life = life;
    const engine = new Engine({
      store: this.store,
      clock: this.#world.clock,
      random: life.random,
      connector: life.connector,
      secrets: async () => 's3cret-word',
      settings: { incomingWindowMs: hourMs, ...this.#options.settings },
      observe: (event) => {
        if (event.kind === 'cycle-end' && event.workload === 'incoming') this.ends.push(event);
        if (event.kind !== 'cycle-start' || event.workload !== 'incoming') return;
        const before = this.begun[event.mailboxId] ?? [];
        this.begun[event.mailboxId] = [...before, this.nowSeconds];
      },
    });
    this.#engine = engine;
    await life.run(() => engine.start());
  }

  /** The engine dies here and now. */
  kill(): void {
    this.#life?.kill();
  }

  async stop(): Promise<void> {
    await this.#engine?.stop();
    this.#engine = undefined;
  }

  seconds(count: number): Promise<void> {
    return sleep(this.#world.clock, count * 1_000);
  }

  get nowSeconds(): number {
    return Math.round(this.#world.elapsedMs() / 1_000);
  }

  deliver(name: string, ...subjects: readonly string[]): void {
    const { mail } = this.#world.provider(domain);
    for (const subject of subjects)
      mail.deliver(mail.find(`${name}@${domain}`)!, {
        raw: Buffer.from(`Subject: ${subject}\r\n\r\n${subject}\r\n`),
        envelopeFrom: '',
      });
  }

  /** Somebody else marks the newest message of a mailbox. */
  flag(name: string, flag: string): void {
    const mailbox = this.#world.provider(domain).mail.find(`${name}@${domain}`)!;
    mailbox.addFlag(mailbox.inbox.entries.at(-1)!.message.id, flag);
  }

  /** Somebody else deletes the oldest messages of a mailbox for good. */
  remove(name: string, count: number): void {
    this.#world.provider(domain).mail.find(`${name}@${domain}`)!.removeOldest(count, 'owner');
  }

  /** Somebody else makes a folder. */
  makeFolder(name: string, folder: string): void {
    this.#world.provider(domain).mail.find(`${name}@${domain}`)!.createFolder(folder);
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('The engine does not run.');
    return this.#engine;
  }

  async subjects(name = 'ann'): Promise<readonly string[]> {
    return (await this.store.receivedEmails(name)).map(({ subject }) => subject ?? '');
  }

  /** Connections as the server counts them. */
  get open(): { readonly now: number; readonly peak: number } {
    return { now: this.#open.size, peak: this.#world.provider(domain).imap?.peakOpen ?? 0 };
  }

  idleRules(): readonly string[] {
    return this.#world.rules
      .ledger()
      .filter(({ asExpected }) => !asExpected)
      .map(({ rule }) => rule);
  }

  async end(): Promise<{ readonly leaks: readonly unknown[]; readonly digest: string }> {
    const { leaks, digest } = this.#world.end();
    await this.store.close();
    return { leaks, digest };
  }

  async #save(): Promise<void> {
    const { imap, smtp } = this.#world.provider(domain);
    if (imap === undefined) throw new Error('The provider has no IMAP.');
    const at = ({ host, tlsPort }: typeof imap) => ({ host, port: tlsPort, security: 'tls' }) as const;
    await this.store.saveProfile({
      id: 'p1',
      name: 'alpha',
      serverType: 'imap-smtp',
      incoming: at(imap),
      outgoing: at(smtp),
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
      hints: true,
      ...this.#options.profile,
    });
    for (const name of this.#names)
      await this.store.saveMailbox({
        id: name,
        name,
        emailAddress: `${name}@${domain}`,
        emailServerProfileId: 'p1',
        credential: { username: `${name}@${domain}`, secret: name, mechanism: 'password' },
        enabledForIncomingEmail: true,
        enabledForOutgoingEmail: true,
        processEmailReceivedAfter: 0,
        processAndDeleteEmails: false,
        ...this.#options.mailbox,
      });
  }
}

/** Plays `main` in such a world; all rules must have fired, and nothing may be left behind. Gives the world's digest. */
export async function inImapHintsWorld(
  options: ImapHintsWorldOptions,
  main: (world: ImapHintsWorld) => Promise<void>,
): Promise<string> {
  const world = new ImapHintsWorld(options);
  try {
    await world.run(() => main(world));
  } catch (error) {
    await world.end();
    throw error;
  }
  const idle = world.idleRules();
  const { leaks, digest } = await world.end();
  if (idle.length + leaks.length > 0) throw new Error(`Left over: ${JSON.stringify({ idle, leaks })}`);
  return digest;
}
