import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { FetchBroken } from '../pop3/retrieve.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { CommitBook } from './commit-book.ts';
import type { ElsewhereDoubt } from './elsewhere.ts';
import type { MaildropSession } from './maildrop-session.ts';
import { contentHash } from './parse-message.ts';
import type { PlannedFetch } from './plan.ts';
import { type FetchedMessage, type Maildrop, type SettledPage, settlePage } from './settle-page.ts';

/** Raw bytes gathered for one page at most; a larger message makes a page of its own. */
const pageBytes = 8 * 1024 * 1024;

const unclear: ClassifiedError = {
  class: 'transient',
  code: 'imap-copy-unclear',
  text: 'The server could not be asked whether a message was moved here or copied.',
  phase: 'select',
};

const emptyPage: SettledPage = { items: [], alerts: [], delivered: [] };

/** A message the server would not give. */
export interface Ungiven {
  readonly key: string;
  readonly error: ClassifiedError;
  /** Of one in quarantine: how long it had waited for this try. */
  readonly waitedMs: number | undefined;
  /** Sessions broke off at it before. */
  readonly struck: boolean;
}

/** Fetches what was planned and settles it page by page; commits all pages but the last, which may carry the end. */
export class FetchRun {
  /** Settled, not committed. */
  lastPage: SettledPage = emptyPage;
  /** Stored before, still listed, and proved by their bytes to be what was stored. */
  readonly proved: string[] = [];
  /** Turned out larger than a message may be. */
  readonly tooLarge: string[] = [];
  /** Where it broke off before anything was given, which may be the fault of that message or of those asked for with it. */
  suspect: string | undefined;
  /** Some were fetched and not settled: the server must not take them for collected. */
  unsettled = false;
  /** What ended the fetching before its time. */
  error: ClassifiedError | undefined;
  readonly #context: CycleContext;
  readonly #session: MaildropSession;
  readonly #maildrop: Maildrop;
  readonly #book: CommitBook;
  readonly #refused: Ungiven[] = [];
  #given = 0;
  #page: FetchedMessage[] = [];
  #pageBytes = 0;
  #alone = false;
  /** The connection is of no more use. */
  #broken = false;
  /** Fetched, and to be fetched again once it is known what lies under the UIDLs their records are bound to. */
  #asides: PlannedFetch[] = [];
  /** Of those, what other folders have to be asked about them. */
  #doubts: ElsewhereDoubt[] = [];
  readonly #rechecks = new Map<string, PlannedFetch>();
  readonly #refusedRechecks = new Map<string, ClassifiedError>();
  #recheckCount = 0;

  constructor(context: CycleContext, session: MaildropSession, maildrop: Maildrop, book: CommitBook) {
    this.#context = context;
    this.#session = session;
    this.#maildrop = maildrop;
    this.#book = book;
  }

  /**
   * Messages the server would not give, or broke off in the midst of: trouble of the message, not of the server,
   * when it said so itself or gave others well in the same session. One that was struck, or is in quarantine, was found
   * to be so before.
   */
  get ungiven(): readonly Ungiven[] {
    return this.#refused.filter(
      ({ error, waitedMs, struck }) =>
        this.#given > 0 || error.class === 'item-permanent' || waitedMs !== undefined || struck,
    );
  }

  async run(plan: readonly PlannedFetch[]): Promise<void> {
    let wave = plan;
    while (wave.length > 0 && this.error === undefined && !this.#context.signal.aborted) {
      await this.#fetch(wave);
      await this.#lookElsewhere();
      wave = this.#nextWave();
    }
    this.unsettled ||= this.#asides.length > 0;
    this.lastPage = await this.#settle();
    if (this.#given === 0) {
      this.error ??= this.#refused.find(({ waitedMs }) => waitedMs === undefined)?.error;
    }
  }

  async #fetch(wave: readonly PlannedFetch[]): Promise<void> {
    const byNumber = new Map(wave.map((message) => [message.number, message]));
    const suspecting = this.#maildrop.suspect !== undefined;
    const retrieval = this.#session.retrieve(
      wave.map(({ number, announcedBytes, strikes, waitedMs }) => ({
        number,
        announcedBytes,
        alone: suspecting || strikes > 0 || waitedMs !== undefined,
      })),
      this.#context.settings.incomingEmailMaximumSizeLimitBytes,
    );
    this.#broken = false;
    for await (const fetched of retrieval) {
      const message = byNumber.get(fetched.number)!;
      if ('bytes' in fetched) await this.#take(message, fetched.bytes);
      else if (!this.#mayGoOn(message, fetched.refusal.classified)) {
        this.#broken = true;
        // Others may be on their way already.
        this.unsettled = true;
        break;
      }
      if (this.#context.signal.aborted) break;
    }
    if (retrieval.broken !== undefined) {
      this.#broken = true;
      this.#brokeAt(byNumber.get(retrieval.broken.number)!, retrieval.broken);
    }
  }

  /** Asks other folders what they still have of what was put aside. */
  async #lookElsewhere(): Promise<void> {
    const doubts = this.#doubts;
    const { elsewhere, bindings } = this.#maildrop;
    this.#doubts = [];
    if (doubts.length === 0 || elsewhere === undefined || this.#broken || this.#context.signal.aborted)
      return;
    try {
      for (const [key, verdict] of await elsewhere.look(doubts)) {
        if (verdict === 'gone') bindings.vanished(key);
        else if (verdict === 'unknown') this.#refusedRechecks.set(key, unclear);
        else bindings.found(key, verdict);
      }
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.error = error.classified;
      this.#broken = true;
    }
  }

  /** What has to be fetched again before messages put aside can be told from others, and then those themselves. */
  #nextWave(): readonly PlannedFetch[] {
    if (this.#broken) return [];
    const asides = this.#asides;
    const rechecks = [...this.#rechecks.values()].filter(({ key }) => !this.#maildrop.bindings.knows(key));
    this.#asides = [];
    this.#rechecks.clear();
    return [...rechecks, ...asides];
  }

  async #take(message: PlannedFetch, raw: Buffer): Promise<void> {
    const { key, why } = message;
    const { bindings } = this.#maildrop;
    const hash = contentHash(raw);
    const stored = await this.#context.store.storedWithHash(this.#context.lease.mailboxId, [hash]);
    const records = stored.get(hash) ?? [];
    this.#given += 1;
    bindings.fetched(key, hash);
    const { unlisted } = this.#maildrop;
    if (unlisted !== undefined) bindings.add(await unlisted(records.map(({ itemId }) => itemId)));
    if ((why === 'unproved' || why === 'recheck') && bindings.claimOwn(key, records)) {
      if (why === 'unproved') this.proved.push(key);
      return;
    }
    if (this.#putAside(message, bindings.doubtful(key, records))) return;
    const full =
      this.#page.length >= this.#context.settings.incomingCommitEvery ||
      this.#pageBytes + raw.length > pageBytes;
    // A message that was begun before may be the one that kills the process: it is worked on alone.
    if (this.#page.length > 0 && (full || this.#alone || why === 'retry')) {
      await this.#book.commit(await this.#settle());
    }
    const { tracking } = this.#maildrop;
    const identity = this.#session.identityOf?.(message.number);
    this.#page.push({
      ...{ key, raw },
      ...(tracking && { tracking }),
      ...(identity !== undefined && { identity }),
    });
    this.#pageBytes += raw.length;
    this.#alone = why === 'retry';
  }

  /**
   * True when a message has to wait for others, to which records with its bytes are bound. Where the server refuses
   * those, or they are too many for a cycle, it waits for later cycles, and counts as one more copy in the end: a
   * wrong match would lose mail.
   */
  #putAside(message: PlannedFetch, doubtful: readonly string[]): boolean {
    if (doubtful.length === 0) return false;
    const { settings } = this.#context;
    const lastTime = message.strikes + 1 >= settings.maxItemStrikes;
    const refused = doubtful
      .map((key) => this.#refusedRechecks.get(key))
      .find((error) => error !== undefined);
    if (refused !== undefined) {
      if (lastTime) return false;
      this.unsettled = true;
      this.#refuse(message, refused);
      return true;
    }
    const elsewhere = doubtful.filter((key) => this.#maildrop.elsewhere?.isOf(key) === true);
    if (elsewhere.length > 0) this.#doubts.push({ number: message.number, keys: elsewhere });
    for (const key of doubtful) {
      if (elsewhere.includes(key)) continue;
      const recheck = this.#maildrop.recheck(key);
      if (recheck === undefined || recheck.announcedBytes > settings.incomingEmailMaximumSizeLimitBytes) {
        this.#maildrop.bindings.vanished(key);
        continue;
      }
      if (this.#rechecks.has(key)) continue;
      if (this.#recheckCount >= settings.incomingMaximumEmailsPerCycle) return false;
      this.#recheckCount += 1;
      this.#rechecks.set(key, recheck);
    }
    this.#asides.push(message);
    return true;
  }

  async #settle(): Promise<SettledPage> {
    const page = this.#page;
    this.#page = [];
    this.#pageBytes = 0;
    if (page.length === 0) return emptyPage;
    if (this.#context.signal.aborted) {
      this.unsettled = true;
      return emptyPage;
    }
    const { bindings, deleting, receivedAfter } = this.#maildrop;
    const rules = { claim: bindings.claim.bind(bindings), deleting, receivedAfter };
    const settled = await settlePage(this.#context, rules, page);
    this.unsettled ||= settled.items.some(({ outcome }) => outcome === 'failed' || outcome === 'released');
    return settled;
  }

  /** False when the refusal is about the mailbox or the session rather than this message. */
  #mayGoOn(message: PlannedFetch, error: ClassifiedError): boolean {
    const { key, why } = message;
    if (error.code === 'pop3-message-gone' || error.code === 'imap-message-gone') {
      this.#maildrop.bindings.vanished(key);
      return true;
    }
    if (error.class === 'transient' || error.class === 'item-permanent') {
      if (why === 'recheck') {
        this.#refusedRechecks.set(key, error);
        return true;
      }
      this.#refuse(message, error);
      return true;
    }
    this.error = error;
    return false;
  }

  #brokeAt(message: PlannedFetch, broken: FetchBroken): void {
    const error = broken.error.classified;
    if (error.code === 'message-too-large') {
      this.tooLarge.push(message.key);
      return;
    }
    if (message.waitedMs !== undefined && !this.#context.signal.aborted) {
      // What is known to break connections must not have the mailbox taken for one in trouble: only this session is over.
      this.unsettled = true;
      this.#refuse(message, error);
      return;
    }
    this.error = error;
    if (message.why === 'recheck' || this.#context.signal.aborted) return;
    if (message.strikes === 0 && this.#given === 0 && error.class === 'transient') this.suspect = message.key;
    if (broken.begun || this.#brokeBefore(message)) this.#refuse(message, error);
  }

  #brokeBefore({ key, strikes }: PlannedFetch): boolean {
    return strikes > 0 || key === this.#maildrop.suspect;
  }

  #refuse(message: PlannedFetch, error: ClassifiedError): void {
    const { key, waitedMs } = message;
    this.#refused.push({ key, error, waitedMs, struck: this.#brokeBefore(message) });
  }
}
