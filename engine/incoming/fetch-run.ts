import type { ClassifiedError } from '../errors/error-class.ts';
import type { Pop3Session } from '../pop3/pop3-session.ts';
import type { FetchBroken } from '../pop3/retrieve.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { CommitBook } from './commit-book.ts';
import { contentHash } from './parse-message.ts';
import type { PlannedFetch } from './plan.ts';
import { type FetchedMessage, type Maildrop, type SettledPage, settlePage } from './settle-page.ts';

/** Raw bytes gathered for one page at most; a larger message makes a page of its own. */
const pageBytes = 8 * 1024 * 1024;

const emptyPage: SettledPage = { items: [], alerts: [], delivered: [] };

/** Fetches what was planned and settles it page by page; commits all pages but the last, which may carry the end. */
export class FetchRun {
  /** Settled, not committed. */
  lastPage: SettledPage = emptyPage;
  /** Stored before, still listed, and proved by their bytes to be what was stored. */
  readonly proved: string[] = [];
  /** Turned out larger than a message may be. */
  readonly tooLarge: string[] = [];
  /** Some were fetched and not settled: the server must not take them for collected. */
  unsettled = false;
  /** What ended the fetching before its time. */
  error: ClassifiedError | undefined;
  readonly #context: CycleContext;
  readonly #session: Pop3Session;
  readonly #maildrop: Maildrop;
  readonly #book: CommitBook;
  readonly #refused: { readonly key: string; readonly error: ClassifiedError }[] = [];
  #given = 0;
  #page: FetchedMessage[] = [];
  #pageBytes = 0;
  #alone = false;

  constructor(context: CycleContext, session: Pop3Session, maildrop: Maildrop, book: CommitBook) {
    this.#context = context;
    this.#session = session;
    this.#maildrop = maildrop;
    this.#book = book;
  }

  /**
   * Messages the server would not give, or broke off in the midst of: trouble of the message, not of the server,
   * when it said so itself or gave others well in the same session.
   */
  get ungiven(): readonly { readonly key: string; readonly error: ClassifiedError }[] {
    return this.#refused.filter(({ error }) => this.#given > 0 || error.class === 'item-permanent');
  }

  async run(plan: readonly PlannedFetch[]): Promise<void> {
    const byNumber = new Map(plan.map((message) => [message.number, message]));
    const retrieval = this.#session.retrieve(plan, this.#context.settings.incomingEmailMaximumSizeLimitBytes);
    for await (const fetched of retrieval) {
      const message = byNumber.get(fetched.number)!;
      if ('bytes' in fetched) await this.#take(message, fetched.bytes);
      else if (!this.#mayGoOn(message.key, fetched.refusal.classified)) break;
      if (this.#context.signal.aborted) break;
    }
    if (retrieval.broken !== undefined)
      this.#brokeAt(byNumber.get(retrieval.broken.number)!, retrieval.broken);
    this.lastPage = await this.#settle();
    if (this.#given === 0) this.error ??= this.#refused[0]?.error;
  }

  async #take(message: PlannedFetch, raw: Buffer): Promise<void> {
    const { key, number, why } = message;
    this.#given += 1;
    if ((why === 'unproved' || why === 'shared') && (await this.#isStored(key, raw))) {
      if (why === 'unproved') this.proved.push(key);
      return;
    }
    const full =
      this.#page.length >= this.#context.settings.incomingCommitEvery ||
      this.#pageBytes + raw.length > pageBytes;
    // A message that was begun before may be the one that kills the process: it is worked on alone.
    if (this.#page.length > 0 && (full || this.#alone || why === 'retry')) {
      await this.#book.commit(await this.#settle());
    }
    this.#page.push({ key, number, raw });
    this.#pageBytes += raw.length;
    this.#alone = why === 'retry';
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
    const settled = await settlePage(this.#context, this.#maildrop, page);
    this.unsettled ||= settled.items.some(({ outcome }) => outcome === 'failed' || outcome === 'released');
    return settled;
  }

  /** False when the refusal is about the mailbox or the session rather than this message. */
  #mayGoOn(key: string, error: ClassifiedError): boolean {
    if (error.code === 'pop3-message-gone') return true;
    if (error.class === 'transient' || error.class === 'item-permanent') {
      this.#refused.push({ key, error });
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
    this.error = error;
    if (broken.begun && !this.#context.signal.aborted) this.#refused.push({ key: message.key, error });
  }

  async #isStored(key: string, raw: Buffer): Promise<boolean> {
    const hash = contentHash(raw);
    const bound = await this.#context.store.storedWithHash(this.#context.lease.mailboxId, [hash]);
    const { claimed } = this.#maildrop;
    const email = bound.get(hash)?.find((each) => each.uidl === key && !claimed.has(each.emailId));
    if (email !== undefined) claimed.add(email.emailId);
    return email !== undefined;
  }
}
