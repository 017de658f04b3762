import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { NewAlert } from '../records/alert.ts';
import type { CycleContext, CycleReport, CycleResult } from '../schedule/cycle.ts';
import type { IncomingItem } from '../store/store.ts';
import { Bindings } from './bindings.ts';
import { CommitBook, type CommitPage, deletableOf } from './commit-book.ts';
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

/** The server answered, and will not: it is asked a few times more, and that is no trouble of the mailbox's. */
const deletionRefused: ReadonlySet<string> = new Set(['pop3-refused', 'imap-refused', 'imap-not-allowed']);

/** What one cycle knows from the one before, and how it tells the next. */
export interface IncomingRemembrance {
  /** The last complete listing held none of the messages known: to be seen twice before it is believed. */
  readonly vanished: boolean;
  /** The message at which fetching broke off before anything was given: others are tried before it. */
  readonly suspect?: string | undefined;
  write(now: {
    readonly vanished: boolean;
    readonly settled: boolean;
    readonly suspect: string | undefined;
  }): string | undefined;
  /** Done when all that was fetched is committed; true when there is more to do. */
  lastly?(): Promise<boolean>;
}

type LastPage = CommitPage & { readonly gone: readonly string[] };

/** The work of one cycle in an open session. */
export class IncomingRun {
  readonly #context: CycleContext;
  readonly #session: MaildropSession;
  readonly #book: CommitBook;
  readonly #deleting: boolean;
  readonly #memo: IncomingRemembrance;
  #vanished = false;
  #error: ClassifiedError | undefined;
  #more = false;
  #unsized = false;
  /** Not of messages: see `lastly`. */
  #moreBeside = false;
  #listing: readonly IdentifiedMessage[] = [];
  #numbers: ReadonlyMap<string, number> | undefined;
  #gone: readonly string[] = [];
  /** Outcomes that need no work on a message; they go with the last commit. */
  readonly #items: IncomingItem[] = [];
  readonly #alerts: NewAlert[] = [];
  #fetching: FetchRun | undefined;

  constructor(context: CycleContext, session: MaildropSession, memo: IncomingRemembrance) {
    this.#context = context;
    this.#session = session;
    this.#book = new CommitBook(context);
    this.#deleting = context.mailbox.processAndDeleteEmails;
    this.#memo = memo;
    this.#vanished = memo.vanished;
  }

  result(): CycleResult {
    return {
      processed: this.#book.processed,
      failed: this.#book.failed,
      error: troubleOf(this.#error),
      more: this.#more || this.#moreBeside,
      memo: this.#memo.write({
        vanished: this.#vanished,
        settled: this.#settled,
        suspect: this.#fetching === undefined ? this.#memo.suspect : this.#fetching.suspect,
      }),
    };
  }

  /** Nothing that was listed waits for a later cycle. */
  get #settled(): boolean {
    return (
      this.#error === undefined &&
      !this.#more &&
      !this.#unsized &&
      !this.#vanished &&
      !this.#deleting &&
      this.#book.failed === 0 &&
      this.#fetching?.unsettled !== true &&
      !this.#context.signal.aborted
    );
  }

  /** Rejects with `Fenced` when a later runner has taken over, and with what the store rejects with. */
  async run(): Promise<CycleReport> {
    try {
      await this.#sync();
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.#error = error.classified;
    }
    await this.#strikeUngiven();
    const page = await this.#lastly(this.#lastPage());
    // Leaving without QUIT keeps a message that was fetched and not settled from counting as collected (Gmail). All else
    // ends with it, also in trouble: some servers keep the maildrop locked for a while after a session that broke off.
    const quits = this.#fetching?.unsettled !== true;
    const deletable = quits && this.#deleting && this.#error === undefined ? this.#deletable(page) : [];
    if (deletable.length > 0) {
      if (page.items.length + page.gone.length > 0) await this.#book.commit(page);
      const alerts = await this.#delete(deletable);
      return this.#book.commitEnd({ items: [], alerts, delivered: [] }, () => this.result());
    }
    if (page.items.length + page.gone.length === 0) {
      if (quits) await this.#quit();
      return { result: this.result(), ended: undefined };
    }
    const report = await this.#book.commitEnd(page, () => this.result());
    if (quits) await this.#quit();
    return report;
  }

  async #sync(): Promise<void> {
    const { store, lease, settings, clock } = this.#context;
    const maxMessageBytes = settings.incomingEmailMaximumSizeLimitBytes;
    const session = this.#session;
    const news = await session.news?.();
    const ledger =
      news === undefined
        ? await store.itemLedger(lease.mailboxId)
        : await store.ledgerEntries(lease.mailboxId, [...news.messages.map(({ key }) => key), ...news.gone]);
    this.#listing = news?.messages ?? (await identify(session, ledger, maxMessageBytes));
    const compared = compareListing(this.#listing, ledger, {
      maxStrikes: settings.maxItemStrikes,
      deleting: this.#deleting,
      now: clock.now(),
    });
    const found = news === undefined ? compared : { ...compared, gone: news.gone, vanished: false };
    this.#account(found);
    const receivedAfter = Math.max(
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
    const wanted = { ...found, fresh: suspectLast(scope.kept, this.#memo.suspect) };
    this.#more = scope.more;
    if (wanted.fresh.length + wanted.retries.length + wanted.unproved.length === 0) return;
    const candidates = [...wanted.fresh, ...wanted.retries, ...wanted.unproved];
    const sizes = await session.list(candidates.map(({ number }) => number));
    const plan = planFetches(wanted, sizes, {
      maxMessages: settings.incomingMaximumEmailsPerCycle,
      maxBytes: settings.incomingMaximumBytesPerCycle,
      maxMessageBytes,
    });
    this.#more ||= plan.more;
    this.#unsized = plan.unsized;
    for (const message of plan.tooLarge) this.#skipTooLarge(message.key, message.announcedBytes);
    const gone = new Set(news?.gone);
    const maildrop = {
      // What was left out under a key is another message than the one recorded under it.
      bindings: new Bindings(
        new Set(this.#listing.flatMap(({ key }) => (ledger.get(key)?.state === 'skipped' ? [] : [key]))),
      ),
      // Without a listing what the ledger has and nobody said is gone lies where it lay.
      ...(news && {
        unlisted: async (keys: readonly string[]): Promise<readonly string[]> => {
          const known = await store.ledgerEntries(lease.mailboxId, keys);
          return keys.filter((key) => !gone.has(key) && (known.get(key)?.state ?? 'skipped') !== 'skipped');
        },
      }),
      recheck: (key: string): PlannedFetch | undefined => {
        const number = this.#numberOf(key);
        const announcedBytes = number === undefined ? undefined : sizes.get(number);
        if (number === undefined || announcedBytes === undefined) return undefined;
        return { key, number, announcedBytes, strikes: 0, why: 'recheck' };
      },
      deleting: this.#deleting,
      receivedAfter,
      suspect: this.#memo.suspect,
    };
    const fetching = new FetchRun(this.#context, session, maildrop, this.#book);
    this.#fetching = fetching;
    await fetching.run(plan.fetch);
    this.#error = fetching.error;
    for (const key of fetching.tooLarge) {
      this.#skipTooLarge(key, maxMessageBytes + 1);
      this.#more = true;
    }
  }

  /** The page that is left to commit afterwards. */
  async #lastly(page: LastPage): Promise<LastPage> {
    if (this.#memo.lastly === undefined || this.#error !== undefined || this.#context.signal.aborted)
      return page;
    if (page.items.length + page.gone.length > 0) await this.#book.commit(page);
    try {
      this.#moreBeside = await this.#memo.lastly();
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.#error = error.classified;
    }
    return { items: [], alerts: [], delivered: [], gone: [] };
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

/** What may be all there is to a connection that breaks off must not keep every other message waiting behind it. */
function suspectLast(
  fresh: readonly IdentifiedMessage[],
  suspect: string | undefined,
): readonly IdentifiedMessage[] {
  const found = fresh.find(({ key }) => key === suspect);
  return found === undefined ? fresh : [...fresh.filter((message) => message !== found), found];
}

/** An end that was asked for is no trouble of the server's; the caller knows that it asked. */
export function troubleOf(error: ClassifiedError | undefined): ClassifiedError | undefined {
  return error?.code === 'cycle-aborted' ? undefined : error;
}
