import { createHash } from 'node:crypto';
import type { ImapAccess } from '../../engine/imap/imap-access.ts';
import { openImapAccess } from '../../engine/imap/open-imap-access.ts';
import { providerCycle } from '../../engine/providers/provider-cycles.ts';
import { defaultSettings, type Settings } from '../../engine/records/settings.ts';
import type { TrackingFolder } from '../../engine/records/tracking.ts';
import type { CycleResult } from '../../engine/schedule/cycle.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../engine/store/store.ts';
import { crlfForm } from '../../simulators/imap/mime/crlf-form.ts';
import { createWorld, type ProviderProfile, type Rule, type World } from '../../simulators/index.ts';
import type { Mailbox } from '../../simulators/mailbox/mailbox.ts';
import { asRetrieved } from '../../simulators/pop3/wire-form.ts';
import { cycleContext } from '../engine/cycle-context.ts';

const address = 'ann@alpha.test';

/** One provider in virtual time, one mailbox of it kept by the engine, and the incoming cycle to run. */
export class IncomingWorld {
  readonly #world: World;
  readonly #overImap: boolean;
  readonly #settings: Settings;
  /** Keeps connections from one cycle to the next, as an engine does. */
  #imapAccess: ImapAccess | undefined;
  readonly #store: Store = openSqliteStore({ path: ':memory:' });
  /** What IMAP clients asked for, with its argument. */
  readonly commands: string[] = [];
  readonly #everKnown = new Set<string>();

  constructor(options: {
    readonly pop3: ProviderProfile['pop3'];
    /** Mail is fetched by IMAP when given, else by POP3. */
    readonly imap?: ProviderProfile['imap'];
    readonly smtp: ProviderProfile['smtp'];
    readonly rules: readonly Rule[];
    readonly seed: number;
    readonly settings?: Partial<Settings>;
  }) {
    const { pop3, imap, smtp, rules, seed } = options;
    this.#settings = { ...defaultSettings, ...options.settings };
    this.#overImap = imap !== undefined;
    this.#world = createWorld({
      seed,
      rules,
      providers: [
        {
          profile: {
            name: 'dovecot-postfix',
            title: 'under test',
            pop3,
            ...(imap && { imap }),
            smtp,
            limits: [],
            faults: [],
          },
          domain: 'alpha.test',
          mailboxes: [{ address, password: 's3cret-word' }],
        },
      ],
    });
    this.#world.trace.subscribe((event) => {
      if (event.kind === 'command' && event.protocol === 'imap')
        this.commands.push(`${event.command} ${event.argument ?? ''}`);
    });
  }

  run<T>(main: () => Promise<T>): Promise<T> {
    return this.#world.run(main);
  }

  async setUp(options: { security: 'tls' | 'starttls'; deleting?: boolean }): Promise<void> {
    const { host, port, tlsPort } = this.#overImap ? this.#imap : this.#provider.pop3;
    const { security, deleting = false } = options;
    const location = { host, port: security === 'tls' ? tlsPort : port, security };
    await this.#store.saveProfile({
      id: 'p1',
      name: 'alpha',
      serverType: this.#overImap ? 'imap-smtp' : 'pop3-smtp',
      incoming: location,
      outgoing: location,
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    });
    await this.#store.saveMailbox({
      id: 'm1',
      name: 'Ann',
      emailAddress: address,
      emailServerProfileId: 'p1',
      credential: { username: address, secret: 'ann', mechanism: 'password' },
      enabledForIncomingEmail: true,
      enabledForOutgoingEmail: false,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: deleting,
    });
  }

  deliver(subject: string, body = `body of ${subject}\r\n.\r\n`): void {
    const { mail } = this.#provider;
    mail.deliver(mail.find(address)!, {
      raw: Buffer.from(`Subject: ${subject}\r\nMessage-ID: <${subject}@alpha.test>\r\n\r\n${body}`),
      envelopeFrom: 'bob@alpha.test',
    });
  }

  /** Waits for the next run and makes it. */
  async cycle(): Promise<CycleResult> {
    const { clock } = this.#world;
    await this.wait(6 * 60_000);
    const [lease] = await this.#store.leaseDue({
      workload: 'incoming',
      now: clock.now(),
      limit: 1,
      owner: 'engine',
      leaseMs: this.#settings.leaseMs,
    });
    const mailbox = await this.#store.mailbox('m1');
    const profile = await this.#store.profile('p1');
    if (lease === undefined || mailbox === undefined || profile === undefined)
      throw new Error('The incoming workload is not due, or its records are gone.');
    const { connector } = this.#world.life('engine');
    this.#imapAccess ??= openImapAccess({
      connector,
      clock,
      settings: this.#settings,
      store: this.#store,
      owner: 'engine',
    });
    const context = cycleContext({
      lease,
      mailbox,
      profile,
      store: this.#store,
      clock,
      connector,
      imap: this.#imapAccess,
      settings: this.#settings,
      signal: new AbortController().signal,
    });
    const report = await providerCycle('incoming')(context);
    if (report.ended === undefined) await this.#store.finishCycle(lease, context.end(report.result));
    return report.result;
  }

  /** Hashes of what the engine has, and of what the server ever had, each sorted. */
  async books(): Promise<{ readonly stored: readonly string[]; readonly delivered: readonly string[] }> {
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const stored = (await this.#store.receivedEmails('m1')).map((email) => email.rawSha256);
    const delivered = this.#provider.mail.truth
      .everDelivered(address)
      .map(({ message }) => sha256(this.#overImap ? crlfForm(message.raw) : asRetrieved(message.raw)));
    return { stored: stored.sort(), delivered: delivered.sort() };
  }

  received(): ReturnType<Store['receivedEmails']> {
    return this.#store.receivedEmails('m1');
  }

  /** The application has a folder tracked from the next cycle on. */
  async track(path: string, regarding?: string): Promise<void> {
    await this.#store.addTrackingFolder({ mailboxId: 'm1', folderId: undefined, path, regarding }, 25);
  }

  async untrack(path: string): Promise<void> {
    for (const folder of await this.trackedFolders())
      if (folder.path === path) await this.#store.dropTrackingFolder('m1', folder.id);
  }

  trackedFolders(): Promise<readonly TrackingFolder[]> {
    return this.#store.trackingFolders('m1');
  }

  /** What each stored message is tracked by and about, by its subject. */
  async tracked(): Promise<Readonly<Record<string, readonly string[]>>> {
    const bySubject: Record<string, string[]> = {};
    for (const key of (await this.#store.itemLedger('m1')).keys()) this.#everKnown.add(key);
    const names = new Map(
      (await this.#store.receivedEmails('m1')).map(({ id, subject = '' }) => [id, subject]),
    );
    const trackings = await this.#store.trackings('m1', [...this.#everKnown]);
    for (const { tracked, emailId, by, regarding } of trackings.values()) {
      const shown = tracked ? [by, regarding].filter((one) => one !== undefined).join(' ') : 'no';
      const subject = names.get(emailId) ?? '';
      bySubject[subject] = [...(bySubject[subject] ?? []), shown];
    }
    return bySubject;
  }

  /** Codes of the alerts that are open. */
  async alerts(): Promise<readonly string[]> {
    return (await this.#store.alerts({ open: true })).map(({ code }) => code);
  }

  /** The owner's mailbox, to do things to. */
  get mailbox(): Mailbox {
    return this.#provider.mail.find(address)!;
  }

  /** A message by its subject, the newest of several. */
  idOf(subject: string): string {
    const entries = this.mailbox.folders.flatMap((folder) => folder.entries);
    const found = entries.findLast(({ message }) =>
      message.raw.toString('latin1').startsWith(`Subject: ${subject}\r\n`),
    );
    if (found === undefined) throw new Error(`There is no message ${subject}.`);
    return found.message.id;
  }

  /** Messages the engine's ledger knows. */
  async ledgerSize(): Promise<number> {
    return (await this.#store.itemLedger('m1')).size;
  }

  async quarantined(): Promise<number> {
    return (await this.#store.quarantine('m1')).length;
  }

  /** Messages that left the server. */
  removed(): number {
    return this.#provider.mail.truth.removals(address).length;
  }

  /** Rules that did not fire as they should have. */
  idleRules(): readonly string[] {
    return this.#world.rules
      .ledger()
      .filter(({ asExpected }) => !asExpected)
      .map(({ rule }) => rule);
  }

  heal(): void {
    this.#world.rules.heal();
  }

  async end(): Promise<void> {
    this.#world.end();
    await this.#store.close();
  }

  /** Every message of the Inbox gets a new UID, from 1 on, under a new UIDVALIDITY or the one it had. */
  reissueUids(options: { readonly keepUidValidity?: boolean } = {}): void {
    const { mail } = this.#provider;
    const mailbox = mail.find(address)!;
    mailbox.renumber(options);
  }

  /** The owner of the mailbox marks the newest message as deleted, and does not expunge it. */
  markNewestDeleted(): void {
    const mailbox = this.#provider.mail.find(address)!;
    mailbox.addFlag(mailbox.inbox.entries.at(-1)!.message.id, '\\Deleted');
  }

  /** Lets time pass. */
  wait(ms: number): Promise<void> {
    const { clock } = this.#world;
    return new Promise((resolve) => clock.setTimeout(resolve, ms));
  }

  /** The owner of the mailbox deletes the oldest messages. */
  removeOldest(count: number): void {
    this.#provider.mail.find(address)!.removeOldest(count, 'owner');
  }

  get #imap() {
    const { imap } = this.#provider;
    if (imap === undefined) throw new Error('The provider has no IMAP.');
    return imap;
  }

  get #provider() {
    return this.#world.provider('alpha.test');
  }
}
