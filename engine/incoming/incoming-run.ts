import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { NewAlert } from '../records/alert.ts';
import type { CycleContext, CycleReport, CycleResult } from '../schedule/cycle.ts';
import type { IncomingItem, LedgerEntry, NewTracking } from '../store/store.ts';
import { Bindings } from './bindings.ts';
import { CommitBook, type CommitPage, deletableOf } from './commit-book.ts';
import type { Elsewhere } from './elsewhere.ts';
import { FetchRun } from './fetch-run.ts';
import { identify } from './identify.ts';
import { quarantinedAlert, tooLargeAlert, undeletedAlert } from './incoming-alerts.ts';
import { leaveOutOld } from './leave-out-old.ts';
import type { MaildropSession } from './maildrop-session.ts';
import {
  type Candidates,
  compareListing,
  type IdentifiedMessage,
  type PlannedFetch,
  planFetches,
} from './plan.ts';
import type { Maildrop } from './settle-page.ts';

/** The server answered, and will not: it is asked a few times more, and that is no trouble of the mailbox's. */
const deletionRefused: ReadonlySet<string> = new Set(['pop3-refused', 'imap-refused', 'imap-not-allowed']);

/** What one cycle knows from the one before, and how it tells the next. */
export interface IncomingRemembrance {
  /** The last complete listing held none of the messages known: to be seen twice before it is believed. */
  readonly vanished: boolean;
  /** The message at which fetching broke off before anything was given: others are tried before it. */
  readonly suspect?: string | undefined;
  write(now: { readonly vanished: boolean; readonly suspect: string | undefined }): string | undefined;
}

/** What is particular to a run through one folder among several. What is left out is as for a maildrop alone. */
export interface FolderRun {
  readonly book: CommitBook;
  /** What the cycle may still fetch; the run takes its part of it. */
  readonly bounds: { messages: number; bytes: number };
  /** Only mail received after it is processed; 0 for all. */
  readonly receivedAfter: number;
  readonly tracking: NewTracking;
  /** Messages that earlier runs have gone past, which all found every message under another name: others come first. */
  readonly passed: number;
  /** Where else a message may lie. */
  readonly elsewhere: Elsewhere;
}

type LastPage = CommitPage & { readonly gone: readonly string[] };

/** The work of one cycle in an open session. */
export class IncomingRun {
  readonly #context: CycleContext;
  readonly #session: MaildropSession;
  readonly #book: CommitBook;
  readonly #failedBefore: number;
  readonly #deleting: boolean;
  readonly #memo: IncomingRemembrance;
  readonly #folder: FolderRun | undefined;
  #vanished = false;
  #error: ClassifiedError | undefined;
  #more = false;
  #taken = 0;
  #left = false;
  #unsized = false;
  #listing: readonly IdentifiedMessage[] = [];
  #numbers: ReadonlyMap<string, number> | undefined;
  #gone: readonly string[] = [];
  /** Outcomes that need no work on a message; they go with the last commit. */
  readonly #items: IncomingItem[] = [];
  readonly #alerts: NewAlert[] = [];
  #fetching: FetchRun | undefined;

  constructor(
    context: CycleContext,
    session: MaildropSession,
    memo: IncomingRemembrance,
    folder?: FolderRun,
  ) {
    this.#context = context;
    this.#session = session;
    this.#folder = folder;
    this.#book = folder?.book ?? new CommitBook(context);
    this.#failedBefore = this.#book.failed;
    this.#deleting = context.mailbox.processAndDeleteEmails;
    this.#memo = memo;
    this.#vanished = memo.vanished;
  }

  result(): CycleResult {
    return {
      processed: this.#book.processed,
      failed: this.#book.failed,
      error: troubleOf(this.#error),
      more: this.#more,
      memo: this.#memo.write({ vanished: this.#vanished, suspect: this.suspect }),
    };
  }

  get error(): ClassifiedError | undefined {
    return this.#error;
  }

  /** The bounds of a cycle left something for the next. */
  get more(): boolean {
    return this.#more;
  }

  get suspect(): string | undefined {
    return this.#fetching === undefined ? this.#memo.suspect : this.#fetching.suspect;
  }

  get vanished(): boolean {
    return this.#vanished;
  }

  /** Messages it has gone past: their fetch was planned, and came first. */
  get taken(): number {
    return this.#taken;
  }

  /** Nothing that was listed waits for a later cycle. */
  get settled(): boolean {
    return (
      this.#error === undefined &&
      !this.#more &&
      !this.#unsized &&
      !this.#vanished &&
      !this.#deleting &&
      this.#book.failed === this.#failedBefore &&
      this.#fetching?.unsettled !== true &&
      !this.#context.signal.aborted
    );
  }

  /** Rejects with `Fenced` when a later runner has taken over, and with what the store rejects with. */
  async run(): Promise<CycleReport> {
    const page = await this.work();
    const empty = page.items.length + page.gone.length + page.alerts.length === 0;
    const report = empty
      ? { result: this.result(), ended: undefined }
      : await this.#book.commitEnd(page, () => this.result());
    if (this.#quits && !this.#left) await this.#quit();
    return report;
  }

  /** All but the last commit: what is still to be committed. Rejects as `run` does. */
  async work(): Promise<LastPage> {
    try {
      await this.#sync();
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.#error = error.classified;
    }
    await this.#strikeUngiven();
    const page = this.#lastPage();
    const deletable = this.#quits && this.#deleting && this.#error === undefined ? this.#deletable(page) : [];
    if (deletable.length === 0) return page;
    if (page.items.length + page.gone.length > 0) await this.#book.commit(page);
    this.#left = true;
    return { items: [], alerts: await this.#delete(deletable), delivered: [], gone: [] };
  }

  /**
   * Leaving without QUIT keeps a message that was fetched and not settled from counting as collected (Gmail). All else ends
   * with it, also in trouble: some servers keep the maildrop locked for a while after a session that broke off.
   */
  get #quits(): boolean {
    return this.#fetching?.unsettled !== true;
  }

  async #sync(): Promise<void> {
    const { store, lease, settings, clock } = this.#context;
    const maxMessageBytes = settings.incomingEmailMaximumSizeLimitBytes;
    const session = this.#session;
    const news = await session.news?.();
    const ledger =
      news === undefined
        ? ownOf(session, await store.itemLedger(lease.mailboxId))
        : await store.ledgerEntries(lease.mailboxId, [...news.messages.map(({ key }) => key), ...news.gone]);
    this.#listing = news?.messages ?? (await identify(session, ledger, maxMessageBytes));
    const compared = compareListing(this.#listing, ledger, {
      maxStrikes: settings.maxItemStrikes,
      deleting: this.#deleting,
      now: clock.now(),
    });
    const found = news === undefined ? compared : { ...compared, gone: news.gone, vanished: false };
    this.#account(found);
    const folder = this.#folder;
    const receivedAfter =
      folder?.receivedAfter ??
      Math.max(
        this.#context.mailbox.processEmailReceivedAfter,
        this.#context.profile.processEmailsReceivedAfter,
      );
    const scope = await leaveOutOld(
      session,
      found.fresh,
      receivedAfter,
      settings.incomingMaximumEmailsPerCycle,
    );
    for (const message of scope.old) this.#skip(message, 'received before the date set');
    const { suspect } = this.#memo;
    const wanted = { ...found, fresh: suspectLast(turned(scope.kept, folder?.passed ?? 0), suspect) };
    this.#more = scope.more;
    if (wanted.fresh.length + wanted.retries.length + wanted.unproved.length === 0) return;
    const candidates = [...wanted.fresh, ...wanted.retries, ...wanted.unproved];
    const sizes = await session.list(candidates.map(({ number }) => number));
    const known = await this.#shownAlready(wanted.fresh);
    const unknown = { ...wanted, fresh: wanted.fresh.filter(({ key }) => !known.has(key)) };
    const plan = planFetches(unknown, sizes, {
      maxMessages: folder?.bounds.messages ?? settings.incomingMaximumEmailsPerCycle,
      maxBytes: folder?.bounds.bytes ?? settings.incomingMaximumBytesPerCycle,
      maxMessageBytes,
    });
    this.#taken = plan.fetch.length;
    if (folder !== undefined) {
      folder.bounds.messages -= plan.fetch.length;
      for (const { announcedBytes } of plan.fetch) folder.bounds.bytes -= announcedBytes;
    }
    this.#more ||= plan.more;
    this.#unsized = plan.unsized;
    for (const message of plan.tooLarge) this.#skipTooLarge(message.key, message.announcedBytes);
    const gone = new Set(found.gone);
    const maildrop: Maildrop = {
      // What was left out under a key is another message than the one recorded under it.
      bindings: new Bindings(
        new Set(this.#listing.flatMap(({ key }) => (ledger.get(key)?.state === 'skipped' ? [] : [key]))),
      ),
      // Without a listing, and in another folder, what the ledger has and nobody said is gone lies where it lay.
      ...((news !== undefined || folder !== undefined) && {
        unlisted: async (keys: readonly string[]): Promise<readonly string[]> => {
          const asked = keys.filter((key) => !gone.has(key) && (news !== undefined || !session.owns?.(key)));
          const known = await store.ledgerEntries(lease.mailboxId, asked);
          return asked.filter((key) => (known.get(key)?.state ?? 'skipped') !== 'skipped');
        },
      }),
      ...(folder && { elsewhere: folder.elsewhere, tracking: folder.tracking }),
      recheck: (key: string): PlannedFetch | undefined => {
        const number = this.#numberOf(key);
        const announcedBytes = number === undefined ? undefined : sizes.get(number);
        if (number === undefined || announcedBytes === undefined) return undefined;
        return { key, number, announcedBytes, strikes: 0, why: 'recheck' };
      },
      deleting: this.#deleting,
      receivedAfter,
      suspect,
    };
    for (const emailId of known.values()) maildrop.bindings.claimed(emailId);
    const fetching = new FetchRun(this.#context, session, maildrop, this.#book);
    this.#fetching = fetching;
    await fetching.run(plan.fetch);
    this.#error = fetching.error;
    for (const key of fetching.tooLarge) {
      this.#skipTooLarge(key, maxMessageBytes + 1);
      this.#more = true;
    }
  }

  /**
   * Settles messages that the server shows here as well as where they were stored from, by its own identity for them: they
   * need not be fetched. Gives the record of each, by key.
   */
  async #shownAlready(fresh: readonly IdentifiedMessage[]): Promise<ReadonlyMap<string, number>> {
    const known = new Map<string, number>();
    const folder = this.#folder;
    const identities = new Map<IdentifiedMessage, string>();
    for (const message of fresh) {
      const identity = this.#session.identityOf?.(message.number);
      if (identity !== undefined) identities.set(message, identity);
    }
    if (identities.size === 0 || folder === undefined) return known;
    const { store, lease } = this.#context;
    const records = await store.storedWithIdentity(lease.mailboxId, [...identities.values()]);
    for (const [{ key }, identity] of identities) {
      const record = records.get(identity);
      if (record === undefined) continue;
      const { emailId, itemId } = record;
      known.set(key, emailId);
      this.#items.push({
        ...{ itemId: key, outcome: 'duplicate', emailId, identity, deletePending: this.#deleting },
        tracking: folder.tracking,
        ...((await folder.elsewhere.keeps(itemId)) && { beside: true }),
      });
    }
    return known;
  }

  /** What follows from the comparison alone. */
  #account(found: Candidates): void {
    for (const { key, strikes } of found.exhausted) {
      this.#quarantine(key, strikes, 'it was begun as often as is allowed and never ended');
    }
    // All gone at once may be a maildrop that could not be read: the second listing in a row is believed.
    const believed = !found.vanished || this.#vanished;
    this.#gone = believed ? found.gone : [];
    this.#vanished = found.vanished && !believed;
  }

  /** Strikes for messages the server would not give while it gave others. */
  async #strikeUngiven(): Promise<void> {
    const ungiven = this.#postponeRetries(this.#fetching?.ungiven ?? []);
    if (ungiven.length === 0) return;
    const { store, lease, clock, settings } = this.#context;
    const keys = ungiven.map(({ key }) => key);
    const strikes = await store.beginItems(lease, keys, clock.now());
    for (const { key, error } of ungiven) {
      const count = strikes.get(key) ?? 1;
      if (count >= settings.maxItemStrikes) {
        const mayPass = error.class !== 'item-permanent';
        this.#quarantine(key, count, error.text, mayPass ? settings.quarantineRetryMs : undefined);
      } else this.#items.push({ itemId: key, outcome: 'failed', reason: error.text });
    }
  }

  /** Those in quarantine wait twice as long as before for their next try; returns the others. */
  #postponeRetries(ungiven: FetchRun['ungiven']): FetchRun['ungiven'] {
    return ungiven.filter(({ key, error, waitedMs }) => {
      if (waitedMs === undefined) return true;
      const retryAfterMs = Math.min(waitedMs * 2, this.#context.settings.quarantineRetryMaxMs);
      this.#items.push({ itemId: key, outcome: 'quarantined', reason: error.text, retryAfterMs });
      return false;
    });
  }

  #skip({ key }: IdentifiedMessage, reason: string): void {
    this.#items.push({ itemId: key, outcome: 'skipped', reason, deletePending: false });
  }

  #skipTooLarge(key: string, sizeBytes: number): void {
    const limitBytes = this.#context.settings.incomingEmailMaximumSizeLimitBytes;
    this.#items.push({
      itemId: key,
      outcome: 'skipped',
      reason: 'larger than the limit',
      deletePending: false,
    });
    this.#alerts.push(tooLargeAlert(this.#context.mailbox, key, sizeBytes, limitBytes));
  }

  #quarantine(key: string, strikes: number, reason: string, retryAfterMs?: number): void {
    const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.#items.push({ itemId: key, outcome: 'quarantined', reason, ...retry });
    this.#alerts.push(
      quarantinedAlert(this.#context.mailbox, key, strikes, reason, retryAfterMs !== undefined),
    );
  }

  #lastPage(): LastPage {
    const last = this.#fetching?.lastPage ?? { items: [], alerts: [], delivered: [] };
    return {
      items: [...last.items, ...this.#items],
      alerts: [...last.alerts, ...this.#alerts],
      delivered: last.delivered,
      gone: this.#gone,
    };
  }

  /** Messages of this session whose bytes are stored, or will be once `page` is committed. */
  #deletable(page: CommitPage): readonly string[] {
    const proved = this.#fetching?.proved ?? [];
    return [...this.#book.deletable, ...deletableOf(page.items), ...proved];
  }

  /** DELE and QUIT. Whether the messages are gone is for the next listing to say. */
  async #delete(keys: readonly string[]): Promise<readonly NewAlert[]> {
    const session = this.#session;
    const byNumber = new Map(keys.map((key) => [this.#numberOf(key)!, key]));
    // What is asked for again was refused, or confirmed and not done.
    const inVain = new Set(this.#fetching?.proved);
    try {
      const marked = new Set(await session.delete([...byNumber.keys()]));
      for (const [number, key] of byNumber) if (!marked.has(number)) inVain.add(key);
      await session.quit();
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.#error = error.classified;
      if (!deletionRefused.has(error.classified.code)) return [];
    }
    return this.#strikeInVain([...inVain]);
  }

  /** A server that answers and deletes nothing is not asked for ever. */
  async #strikeInVain(keys: readonly string[]): Promise<readonly NewAlert[]> {
    if (keys.length === 0) return [];
    const { store, lease, clock, settings, mailbox } = this.#context;
    const strikes = await store.beginItems(lease, keys, clock.now());
    const givenUp = keys.filter((key) => (strikes.get(key) ?? 1) >= settings.maxItemStrikes);
    return givenUp.length === 0 ? [] : [undeletedAlert(mailbox, givenUp.length, settings.maxItemStrikes)];
  }

  #numberOf(key: string): number | undefined {
    this.#numbers ??= new Map(this.#listing.map(({ key: listed, number }) => [listed, number]));
    return this.#numbers.get(key) ?? this.#session.numberOf?.(key);
  }

  /** Nothing hangs on the answer: whatever was done is committed. */
  async #quit(): Promise<void> {
    try {
      await this.#session.quit();
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
    }
  }
}

/** Of the ledger, what is of this maildrop. */
function ownOf(
  session: MaildropSession,
  ledger: ReadonlyMap<string, LedgerEntry>,
): ReadonlyMap<string, LedgerEntry> {
  const { owns } = session;
  if (owns === undefined) return ledger;
  return new Map([...ledger].filter(([key]) => owns.call(session, key)));
}

/** What may be all there is to a connection that breaks off must not keep every other message waiting behind it. */
function suspectLast(
  fresh: readonly IdentifiedMessage[],
  suspect: string | undefined,
): readonly IdentifiedMessage[] {
  const found = fresh.find(({ key }) => key === suspect);
  return found === undefined ? fresh : [...fresh.filter((message) => message !== found), found];
}

/** Begins behind the first `passed`, and goes round. */
function turned<One>(ones: readonly One[], passed: number): readonly One[] {
  const at = ones.length === 0 ? 0 : passed % ones.length;
  return at === 0 ? ones : [...ones.slice(at), ...ones.slice(0, at)];
}

/** An end that was asked for is no trouble of the server's; the caller knows that it asked. */
export function troubleOf(error: ClassifiedError | undefined): ClassifiedError | undefined {
  return error?.code === 'cycle-aborted' ? undefined : error;
}
