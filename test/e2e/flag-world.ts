import { openImapAccess } from '../../engine/imap/open-imap-access.ts';
import { runImapIncomingCycle } from '../../engine/imap-incoming/imap-incoming-cycle.ts';
import { type EmailFlags, noFlags } from '../../engine/records/email-flags.ts';
import { defaultSettings } from '../../engine/records/settings.ts';
import type { Cycle, CycleResult } from '../../engine/schedule/cycle.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../engine/store/store.ts';
import { aMailbox } from '../../engine/testing/fixtures.ts';
import { createWorld, type ProviderProfile, type Rule, type World } from '../../simulators/index.ts';
import type { MailboxChange } from '../../simulators/mailbox/mailbox.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';
import { cycleContext } from '../engine/cycle-context.ts';

const address = 'ann@alpha.test';
const wire = { seen: '\\Seen', flagged: '\\Flagged', answered: '\\Answered' } as const;

/** A mailbox over IMAP whose flags are shared: the owner's side, the application's side, and the cycles between them. */
export class FlagWorld {
  /** Commands of the last cycle, each with its argument. */
  commands: string[] = [];
  readonly store: Store = openSqliteStore({ path: ':memory:' });
  readonly #world: World;
  readonly #imap: NonNullable<ProviderProfile['imap']>;
  readonly #ids = new Map<string, number>();
  #access: ReturnType<typeof openImapAccess> | undefined;

  constructor(options: { readonly rules?: readonly Rule[]; readonly imap?: ProviderProfile['imap'] } = {}) {
    const { pop3, imap, smtp } = loadProfile('dovecot-postfix');
    const served = options.imap ?? imap;
    if (served === undefined) throw new Error('The provider has no IMAP.');
    this.#imap = served;
    this.#world = createWorld({
      seed: 1,
      rules: options.rules ?? [],
      providers: [
        {
          profile: {
            name: 'dovecot-postfix',
            title: 'under test',
            pop3,
            imap: served,
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
      if (event.kind === 'command') this.commands.push(`${event.command} ${event.argument ?? ''}`.trim());
    });
  }

  async run(main: (world: this) => Promise<void>): Promise<void> {
    try {
      await this.#world.run(async () => {
        await this.#setUp();
        await main(this);
      });
    } finally {
      this.#world.end();
      await this.store.close();
    }
  }

  /** Messages come, each with its subject as its name; the owner's flags on each. */
  deliver(subjects: readonly string[], flags: Partial<EmailFlags> = {}): void {
    const { mail } = this.#provider;
    for (const subject of subjects) {
      mail.deliver(this.#mailbox, {
        raw: Buffer.from(`Subject: ${subject}\r\nMessage-ID: <${subject}@alpha.test>\r\n\r\n${subject}\r\n`),
        envelopeFrom: 'bob@alpha.test',
      });
      if (Object.keys(flags).length > 0) this.owner(subject, flags);
    }
  }

  /** The owner of the mailbox changes flags; other flags of the message stay. */
  owner(subject: string, flags: Partial<EmailFlags>): void {
    const { message, flags: before } = this.#entry(subject);
    const { seen, flagged, answered } = { ...this.theirs(subject), ...flags };
    const kept = before.filter((flag) => !Object.values<string>(wire).includes(flag));
    const set = Object.entries({ seen, flagged, answered }).flatMap(
      ([name, on]) => (on ? [wire[name as keyof typeof wire]] : []), // the keys are those of `wire`
    );
    this.#mailbox.setFlags(message.id, [...kept, ...set]);
  }

  ownerKeyword(subject: string, keyword: string): void {
    this.#mailbox.addFlag(this.#entry(subject).message.id, keyword);
  }

  ownerRemoves(subject: string): void {
    this.#mailbox.remove([this.#entry(subject).message.id], 'owner');
  }

  reissueUids(): void {
    this.#mailbox.renumber();
  }

  /** The application changes flags. */
  async ours(subject: string | readonly string[], flags: Partial<EmailFlags>): Promise<void> {
    const subjects = typeof subject === 'string' ? [subject] : subject;
    const ids = await Promise.all(subjects.map((one) => this.#id(one)));
    const unknown = await this.store.setEmailFlags(ids, flags);
    if (unknown.length > 0) throw new Error(`The store does not know ${unknown.join(', ')}.`);
  }

  theirs(subject: string): EmailFlags {
    const { flags } = this.#entry(subject);
    const has = (flag: string): boolean => flags.includes(flag);
    return { seen: has(wire.seen), flagged: has(wire.flagged), answered: has(wire.answered) };
  }

  keywords(subject: string): readonly string[] {
    return this.#entry(subject).flags.filter((flag) => !Object.values<string>(wire).includes(flag));
  }

  async record(subject: string): Promise<EmailFlags> {
    return (await this.store.emailFlags(await this.#id(subject))) ?? noFlags;
  }

  /** Flags of the mailbox from now on, as they change there: `subject flags`. */
  watch(): readonly string[] {
    const seen: string[] = [];
    this.#mailbox.onChange((change: MailboxChange) => {
      if (change.kind === 'flags') seen.push(change.entry.flags.join(' '));
    });
    return seen;
  }

  /** Waits for the next run and makes it. `through` stands between the cycle and its store. */
  async cycle(
    through: (store: Store) => Store = (store) => store,
    during?: () => Promise<void>,
  ): Promise<CycleResult> {
    const { clock } = this.#world;
    await this.wait(6 * 60_000);
    this.commands = [];
    const request = { workload: 'incoming', limit: 1, owner: 'engine', leaseMs: defaultSettings.leaseMs };
    const [lease] = await this.store.leaseDue({ ...request, workload: 'incoming', now: clock.now() });
    const mailbox = await this.store.mailbox('m1');
    const profile = await this.store.profile('p1');
    if (lease === undefined || mailbox === undefined || profile?.serverType !== 'imap-smtp')
      throw new Error('The incoming workload is not due, or its records are gone.');
    const { connector } = this.#world.life('engine');
    const around = { connector, clock, settings: defaultSettings };
    this.#access ??= openImapAccess({ ...around, store: this.store, owner: 'engine' });
    const context = cycleContext({
      lease,
      mailbox,
      profile,
      store: through(this.store),
      clock,
      connector,
      imap: this.#access,
      settings: defaultSettings,
      signal: new AbortController().signal,
    });
    const run: Cycle<typeof profile> = runImapIncomingCycle;
    const [report] = await Promise.all([run({ ...context, profile }), during?.()]);
    if (report.ended === undefined) await this.store.finishCycle(lease, context.end(report.result));
    return report.result;
  }

  /** Everything is known in the store; the connections are those of another process. */
  async startAgain(): Promise<void> {
    await this.#access?.close();
    this.#access = undefined;
    await this.store.takeBack('engine', this.#world.clock.now());
  }

  wait(ms: number): Promise<void> {
    const { clock } = this.#world;
    return new Promise((resolve) => clock.setTimeout(resolve, ms));
  }

  heal(): void {
    this.#world.rules.heal();
  }

  /** Rules that did not fire as they should have. */
  idleRules(): readonly string[] {
    return this.#world.rules
      .ledger()
      .filter(({ asExpected }) => !asExpected)
      .map(({ rule }) => rule);
  }

  async #id(subject: string): Promise<number> {
    const known = this.#ids.get(subject);
    if (known !== undefined) return known;
    for (const { id, subject: name } of await this.store.receivedEmails('m1'))
      if (name !== undefined) this.#ids.set(name, id);
    const id = this.#ids.get(subject);
    if (id === undefined) throw new Error(`${subject} is not stored.`);
    return id;
  }

  #entry(subject: string) {
    const text = `Subject: ${subject}\r\n`;
    const found = this.#mailbox.inbox.entries.find(({ message }) => message.raw.includes(text));
    if (found === undefined) throw new Error(`The Inbox has no message ${subject}.`);
    return found;
  }

  async #setUp(): Promise<void> {
    const { host, tlsPort: port } = this.#provider.imap!; // it was made with one
    const location = { host, port, security: 'tls' } as const;
    await this.store.saveProfile({
      id: 'p1',
      name: 'alpha',
      serverType: 'imap-smtp',
      incoming: location,
      outgoing: location,
      processEmailsReceivedAfter: 0,
      maxConcurrentConnections: 10,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    });
    await this.store.saveMailbox(
      aMailbox('m1', {
        emailServerProfileId: 'p1',
        emailAddress: address,
        credential: { username: address, secret: 'ann', mechanism: 'password' },
        enabledForOutgoingEmail: false,
        synchronizeFlags: true,
      }),
    );
  }

  /** What the server is served as. */
  get served(): NonNullable<ProviderProfile['imap']> {
    return this.#imap;
  }

  get #mailbox() {
    return this.#provider.mail.find(address)!; // it was made with the world
  }

  get #provider() {
    return this.#world.provider('alpha.test');
  }
}
