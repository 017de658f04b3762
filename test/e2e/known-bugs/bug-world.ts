import { createHash } from 'node:crypto';
import {
  type Alert,
  Engine,
  type NewEmail,
  type OutgoingEmail,
  openSqliteStore,
  type PlugIn,
  type Settings,
  type Store,
} from '../../../engine/index.ts';
import { type EmailFlags, flagNames } from '../../../engine/records/email-flags.ts';
import type { WorkloadState } from '../../../engine/store/store.ts';
import { crlfForm } from '../../../simulators/imap/mime/crlf-form.ts';
import {
  createWorld,
  type Life,
  type MailHost,
  type ProviderProfile,
  type Rule,
  sleep,
  type World,
} from '../../../simulators/index.ts';
import type { FolderEntry } from '../../../simulators/mailbox/folder.ts';
import { asRetrieved } from '../../../simulators/pop3/wire-form.ts';
import { loadProfile } from '../../../simulators/profiles/index.ts';

const domain = 'alpha.test';
const names = ['ann', 'bob', 'cy'] as const;
export type Name = (typeof names)[number];

export interface BugWorldOptions {
  readonly rules?: readonly Rule[];
  readonly settings?: Partial<Settings>;
  readonly plugIns?: readonly PlugIn[];
  /** Processed mail is deleted on the server. */
  readonly deleting?: boolean;
  /** Default: all of them. */
  readonly kept?: readonly Name[];
  readonly processEmailReceivedAfter?: number;
  /** Flags are shared with the mailbox (IMAP). */
  readonly synchronizeFlags?: boolean;
  /** Over IMAP: a connection of each mailbox waits in IDLE between cycles. */
  readonly hints?: boolean;
  /** How mail is fetched; default POP3. */
  readonly door?: Door;
  /** What the provider is, by its profile; default Dovecot and Postfix. */
  readonly profile?: string;
  /** The IMAP server is otherwise than its profile says. */
  readonly imap?: Partial<NonNullable<ProviderProfile['imap']>>;
}

export type Door = 'pop3' | 'imap';

/** One exchange a server saw. Times in minutes since the world began. */
export interface Exchange {
  readonly protocol: string;
  readonly connection: string;
  readonly command: string;
  readonly argument: string | undefined;
  readonly atMinutes: number;
}

/** The whole engine against one provider with three mailboxes, in virtual time, for bugs other engines had. */
export class BugWorld {
  readonly store: Store = openSqliteStore({ path: ':memory:' });
  /** What the engine signs in with. */
  password = 's3cret-word';
  /** Where passwords are kept cannot be reached: what asking it rejects with. */
  secretsFail: Error | undefined;
  readonly exchanges: Exchange[] = [];
  readonly #options: BugWorldOptions;
  readonly #world: World;
  #engine: Engine | undefined;
  #life: Life | undefined;
  #lives = 0;

  constructor(options: BugWorldOptions) {
    this.#options = options;
    const profile = loadProfile(options.profile ?? 'dovecot-postfix');
    this.#world = createWorld({
      seed: 1,
      link: { latencyMs: 20 },
      rules: options.rules ?? [],
      providers: [
        {
          profile: profile.imap ? { ...profile, imap: { ...profile.imap, ...options.imap } } : profile,
          domain,
          mailboxes: names.map((name) => ({ address: `${name}@${domain}`, password: 's3cret-word' })),
        },
      ],
    });
    this.#world.trace.subscribe((event) => {
      if (event.kind !== 'command') return;
      const { protocol, connection, command, argument } = event;
      const atMinutes = this.#world.elapsedMs() / 60_000;
      this.exchanges.push({ protocol, connection, command, argument, atMinutes });
    });
  }

  get door(): Door {
    return this.#options.door ?? 'pop3';
  }

  run(main: () => Promise<void>): Promise<void> {
    return this.#world.run(main);
  }

  async end(): Promise<void> {
    this.#world.end();
    await this.store.close();
  }

  async save(): Promise<void> {
    const { pop3, imap, smtp } = this.#world.provider(domain);
    const at = ({ host, tlsPort }: typeof pop3) =>
      ({ host, port: tlsPort, security: 'tls', allowInvalidCertificate: true }) as const;
    const { kept = names, deleting = false, processEmailReceivedAfter = 0 } = this.#options;
    if (imap === undefined) throw new Error('The provider has no IMAP.');
    await this.store.saveProfile({
      id: 'p1',
      name: 'alpha',
      serverType: `${this.door}-smtp`,
      ...(this.#options.hints && { hints: true }),
      incoming: at(this.door === 'imap' ? imap : pop3),
      outgoing: at(smtp),
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    });
    for (const name of kept) {
      await this.store.saveMailbox({
        id: name,
        name,
        emailAddress: `${name}@${domain}`,
        emailServerProfileId: 'p1',
        credential: { username: `${name}@${domain}`, secret: name, mechanism: 'password' },
        enabledForIncomingEmail: true,
        enabledForOutgoingEmail: true,
        processEmailReceivedAfter,
        processAndDeleteEmails: deleting,
        synchronizeFlags: this.#options.synchronizeFlags ?? false,
      });
    }
  }

  async start(): Promise<void> {
    this.#lives += 1;
    this.#life = this.#world.life(`engine-${this.#lives}`);
    const { random, connector } = this.#life;
    const engine = new Engine({
      store: this.store,
      clock: this.#world.clock,
      random,
      connector,
      secrets: async () => {
        if (this.secretsFail !== undefined) throw this.secretsFail;
        return this.password;
      },
      settings: this.#options.settings ?? {},
      plugIns: this.#options.plugIns ?? [],
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

  async minutes(count: number): Promise<void> {
    await sleep(this.#world.clock, count * 60_000);
  }

  heal(): void {
    this.#world.rules.heal();
  }

  get now(): number {
    return this.#world.clock.now();
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('The engine was not started.');
    return this.#engine;
  }

  async #emailId(name: Name, subject: string): Promise<number> {
    const email = (await this.store.receivedEmails(name)).find((one) => one.subject === subject);
    if (email === undefined) throw new Error(`${name} has no email ${subject}.`);
    return email.id;
  }

  #entry(name: Name, subject: string): FolderEntry {
    const found = this.mailbox(name).inbox.entries.find(({ message }) =>
      message.raw.toString('latin1').startsWith(`Subject: ${subject}\r\n`),
    );
    if (found === undefined) throw new Error(`There is no message ${subject} in the Inbox of ${name}.`);
    return found;
  }

  get #mail(): MailHost {
    return this.#world.provider(domain).mail;
  }

  mailbox(name: Name) {
    const mailbox = this.#mail.find(`${name}@${domain}`);
    if (mailbox === undefined) throw new Error(`There is no mailbox ${name}.`);
    return mailbox;
  }

  deliver(to: Name, subject: string, rest: { readonly headers?: string; readonly body?: string } = {}): void {
    const { headers = '', body = `This is ${subject}.` } = rest;
    const raw = Buffer.from(`Subject: ${subject}\r\n${headers}\r\n${body}\r\n`, 'latin1');
    this.#mail.deliver(this.mailbox(to), { raw, envelopeFrom: 'zoe@beta.test' });
  }

  queue(id: string, to: readonly string[], more: Partial<NewEmail> = {}): Promise<unknown> {
    return this.engine.queueEmail({
      id,
      mailboxId: 'ann',
      subject: id,
      to: to.map((address) => ({ address })),
      textBody: `This is ${id}.`,
      ...more,
    });
  }

  /** The application tracks a folder of the mailbox. */
  track(name: Name, path: string): Promise<unknown> {
    return this.engine.trackFolder(name, { path });
  }

  /** The owner moves a message from wherever it is into a folder. */
  move(name: Name, subject: string, folder: string): void {
    const found = this.mailbox(name)
      .folders.flatMap(({ entries }) => entries)
      .find(({ message }) => message.raw.toString('latin1').startsWith(`Subject: ${subject}\r\n`));
    if (found === undefined) throw new Error(`There is no message ${subject} in the mailbox of ${name}.`);
    this.mailbox(name).move(found.message.id, folder);
  }

  /** What each email is tracked by that lies in the Inbox or a tracked folder; `no` for one that was let go of. */
  async tracked(name: Name): Promise<Readonly<Record<string, string>>> {
    const subjects = new Map(
      (await this.store.receivedEmails(name)).map(({ id, subject = '' }) => [id, subject]),
    );
    const rows = await this.store.trackings(name, [...(await this.store.itemLedger(name)).keys()]);
    return Object.fromEntries(
      [...rows.values()].map(({ emailId, tracked, by }) => [subjects.get(emailId), tracked ? by : 'no']),
    );
  }

  /** The owner of the mailbox sets the flags of a message in the Inbox to these. */
  owner(name: Name, subject: string, flags: readonly string[]): void {
    this.mailbox(name).setFlags(this.#entry(name, subject).message.id, flags);
  }

  /** The application sets flags of a received email. */
  async ours(name: Name, subject: string, flags: Partial<EmailFlags>): Promise<void> {
    await this.engine.setEmailFlags(await this.#emailId(name, subject), flags);
  }

  flagsAtServer(name: Name, subject: string): readonly string[] {
    return this.#entry(name, subject).flags;
  }

  /** As the server would write them. */
  async flagsOfRecord(name: Name, subject: string): Promise<readonly string[]> {
    const flags = await this.store.emailFlags(await this.#emailId(name, subject));
    return flagNames
      .filter((flag) => flags?.[flag])
      .map((flag) => `\\${flag[0]!.toUpperCase()}${flag.slice(1)}`);
  }

  /** What the engine stored, as subjects, sorted. */
  async received(name: Name): Promise<readonly string[]> {
    return (await this.store.receivedEmails(name)).map(({ subject }) => subject ?? '').sort();
  }

  /** Hashes of what the engine has and of what the server ever had, sorted: equal when each was stored once, whole. */
  async books(
    name: Name,
  ): Promise<{ readonly stored: readonly string[]; readonly delivered: readonly string[] }> {
    const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    const stored = (await this.store.receivedEmails(name)).map(({ rawSha256 }) => rawSha256);
    const delivered = this.#mail.truth
      .everDelivered(`${name}@${domain}`)
      .map(({ message }) => sha256(this.door === 'imap' ? overImap(message.raw) : asRetrieved(message.raw)));
    return { stored: stored.sort(), delivered: delivered.sort() };
  }

  /** Messages that left the server by way of the engine's door. */
  removed(name: Name): number {
    return this.#mail.truth.removals(`${name}@${domain}`).filter(({ by }) => by === this.door).length;
  }

  /** Messages fetched whole. */
  fetched(): number {
    return this.door === 'pop3'
      ? this.said('RETR').length
      : this.said('UID FETCH')
          .map(({ argument = '' }) => /^(\S+) \(UID BODY\.PEEK\[\]\)$/.exec(argument)?.[1] ?? '')
          .reduce((sum, set) => sum + countOf(set), 0);
  }

  /** `subject address` of each copy the submission server took responsibility for. */
  copies(): readonly string[] {
    return this.#mail.truth.submissions.flatMap(({ raw, recipients }) =>
      recipients
        .filter(({ outcome }) => outcome === 'delivered' || outcome === 'outside')
        .map(({ address }) => `${/^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]} ${address}`),
    );
  }

  /** Each message the submission server took, as sent. */
  submissions(): readonly string[] {
    return this.#mail.truth.submissions.map(({ raw }) => raw.toString('latin1'));
  }

  async row(id: string): Promise<OutgoingEmail> {
    const row = await this.store.outgoingEmail(id);
    if (row === undefined) throw new Error(`There is no email ${id}.`);
    return row;
  }

  async alerts(): Promise<readonly Alert[]> {
    return this.store.alerts({ open: true });
  }

  async alertCodes(): Promise<readonly string[]> {
    return [...new Set((await this.alerts()).map(({ code }) => code))].sort();
  }

  async state(name: Name, workload: 'incoming' | 'outgoing'): Promise<WorkloadState> {
    const state = await this.store.workloadState(name, workload);
    if (state === undefined) throw new Error(`Mailbox ${name} has no ${workload}.`);
    return state;
  }

  /** Exchanges of one command. */
  said(command: string): readonly Exchange[] {
    return this.exchanges.filter((exchange) => exchange.command === command);
  }

  /** Connections on which the engine signed in to fetch mail, by the minute each began to. */
  loginsAtMinutes(): readonly number[] {
    const begins = ['USER', 'AUTH', 'LOGIN', 'AUTHENTICATE'];
    return this.exchanges
      .filter(({ protocol, command }) => protocol === this.door && begins.includes(command))
      .map(({ atMinutes }) => atMinutes);
  }

  /** Rules that never fired although they had to. */
  idleRules(): readonly string[] {
    return this.#world.rules
      .ledger()
      .filter(({ asExpected }) => !asExpected)
      .map(({ rule }) => rule);
  }
}

/** As IMAP shows a message: lines end with CRLF, and a NUL, which no literal may hold, is 0x80. */
function overImap(raw: Buffer): Uint8Array {
  return crlfForm(raw).map((byte) => (byte === 0 ? 0x80 : byte));
}

/** How many numbers a sequence set names (RFC 9051 9: sequence-set, without `*`). */
function countOf(set: string): number {
  return set
    .split(',')
    .filter((part) => part !== '')
    .map((part) => part.split(':').map(Number))
    .reduce((sum, [from = 0, to = from]) => sum + to - from + 1, 0);
}
