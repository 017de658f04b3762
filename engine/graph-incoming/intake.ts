import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import { GraphFailure } from '../graph/graph-failure.ts';
import { quarantinedAlert, tooLargeAlert } from '../incoming/incoming-alerts.ts';
import { contentHash } from '../incoming/parse-message.ts';
import { type FetchedMessage, settlePage } from '../incoming/settle-page.ts';
import type { BoundEmail } from '../store/store.ts';
import type { GraphIncomingWork } from './graph-incoming-work.ts';
import { isGone } from './graph-mailbox.ts';
import type { WantedItem } from './sort-changes.ts';

/** Sources asked for at the same time; Exchange serves four requests of a mailbox at once. */
const sourcesAtOnce = 4;
/** Raw bytes gathered for one commit at most; a larger message makes a commit of its own. */
const commitBytes = 8 * 1024 * 1024;
/** Records with the same bytes that are asked after, to find out whether a message is one of them. */
const namesakes = 10;

interface Refusal {
  readonly item: WantedItem;
  readonly error: ClassifiedError;
}

/** Fetches messages, settles them, and puts what became of them into the draft. */
export class Intake {
  readonly #work: GraphIncomingWork;
  #page: FetchedMessage[] = [];
  #pageBytes = 0;
  #refused: Refusal[] = [];

  constructor(work: GraphIncomingWork) {
    this.#work = work;
  }

  /**
   * True when each of them has an outcome in the draft, or in a commit; false when the bounds of the cycle ended it
   * before. Rejects with what the server said when that is about more than one message.
   */
  async take(wanted: readonly WantedItem[]): Promise<boolean> {
    const work = this.#work;
    let trouble: SyncError | undefined;
    let at = 0;
    while (at < wanted.length && trouble === undefined && !work.aborted) {
      const room = Math.min(sourcesAtOnce, work.messagesLeft);
      if (room <= 0 || work.bytesLeft <= 0) break;
      const wave = wanted.slice(at, at + room);
      at += wave.length;
      work.messagesLeft -= wave.length;
      trouble = await this.#wave(wave);
      const { incomingCommitEvery } = work.context.settings;
      if (this.#page.length >= incomingCommitEvery || this.#pageBytes >= commitBytes) {
        await this.#settle();
        await work.commit();
      }
    }
    await this.#settle();
    trouble ??= await this.#strike();
    this.#refused = [];
    if (trouble !== undefined) throw trouble;
    const all = at >= wanted.length && !work.aborted;
    if (!all) work.more = true;
    return all;
  }

  async #wave(wave: readonly WantedItem[]): Promise<SyncError | undefined> {
    const { mailbox, context } = this.#work;
    const limit = context.settings.incomingEmailMaximumSizeLimitBytes;
    const replies = await Promise.allSettled(wave.map(({ itemId }) => mailbox.source(itemId, limit)));
    let trouble: SyncError | undefined;
    for (const [index, reply] of replies.entries()) {
      const item = wave[index]!;
      if (reply.status === 'fulfilled') this.#keep(item, reply.value);
      else trouble ??= this.#refuse(item, reply.reason);
    }
    return trouble;
  }

  #keep({ itemId, tracking }: WantedItem, raw: Buffer): void {
    this.#work.given += 1;
    this.#work.bytesLeft -= raw.length;
    this.#page.push({ key: itemId, raw, tracking });
    this.#pageBytes += raw.length;
  }

  /** Returns what is about more than this message. */
  #refuse(item: WantedItem, error: unknown): SyncError | undefined {
    if (!(error instanceof SyncError)) throw error;
    const { classified } = error;
    if (classified.code === 'graph-too-large') {
      this.#skipTooLarge(item.itemId);
      return undefined;
    }
    const ofMessage = error instanceof GraphFailure && error.classified.scope === 'message';
    const answered = error instanceof GraphFailure && error.status !== undefined;
    const mayBeOfMessage =
      ofMessage || classified.class === 'item-permanent' || classified.class === 'transient';
    if (!mayBeOfMessage || classified.code === 'cycle-aborted') return error;
    this.#refused.push({ item, error: classified });
    // Silence may be of one message; the next request would wait for it as long.
    return answered || ofMessage ? undefined : error;
  }

  #skipTooLarge(itemId: string): void {
    const { draft, context } = this.#work;
    const limit = context.settings.incomingEmailMaximumSizeLimitBytes;
    const reason = 'larger than the limit';
    draft.add({
      items: [{ itemId, outcome: 'skipped', reason, deletePending: false }],
      alerts: [tooLargeAlert(context.mailbox, itemId, limit + 1, limit)],
    });
  }

  async #settle(): Promise<void> {
    const page = this.#page;
    this.#page = [];
    this.#pageBytes = 0;
    const { context, draft } = this.#work;
    if (page.length === 0 || context.signal.aborted) return;
    const claims = await this.#claims(page);
    const settled = await settlePage(
      context,
      {
        claim: (key) => claims.get(key),
        deleting: context.mailbox.processAndDeleteEmails,
        // It was looked at when the message was listed.
        receivedAfter: 0,
        showing: context.settings.trackCategorizedItems,
      },
      page,
    );
    draft.add(settled);
  }

  /**
   * Records that messages of the page are, although their ids say otherwise: bytes the same, and the record's own id
   * unknown to the server by now (an id survives moves, but not the archive nor an import).
   */
  async #claims(page: readonly FetchedMessage[]): Promise<ReadonlyMap<string, BoundEmail>> {
    const { store, lease } = this.#work.context;
    const claims = new Map<string, BoundEmail>();
    const claimed = new Set<number>();
    for (const { key, raw } of page) {
      const hash = contentHash(raw);
      const records = (await store.storedWithHash(lease.mailboxId, [hash])).get(hash) ?? [];
      const own = records.find(({ itemId }) => itemId === key);
      const free = records.filter(({ emailId }) => !claimed.has(emailId)).slice(0, namesakes);
      const found = own ?? (await this.#firstGone(free));
      if (found === undefined) continue;
      claims.set(key, found);
      claimed.add(found.emailId);
    }
    return claims;
  }

  async #firstGone(records: readonly BoundEmail[]): Promise<BoundEmail | undefined> {
    for (const record of records) {
      if ((await this.#work.mailbox.look(record.itemId)) === undefined) return record;
    }
    return undefined;
  }

  /** Strikes for messages the server would not give; what is not about them comes back. */
  async #strike(): Promise<SyncError | undefined> {
    const refused = this.#refused;
    const work = this.#work;
    if (refused.length === 0) return undefined;
    const ofServer = refused.filter(({ error }) => error.class !== 'item-permanent');
    // Nothing given and several refused for what may pass: the server is in trouble, not the messages.
    if (work.given === 0 && ofServer.length > 1) return new SyncError(ofServer[0]!.error);
    const { store, lease, clock, settings, mailbox } = work.context;
    const struck = refused.filter(({ item }) => item.waitedMs === undefined);
    const keys = struck.map(({ item }) => item.itemId);
    const strikes = await store.beginItems(lease, keys, clock.now());
    for (const { item, error } of refused) {
      const { itemId, waitedMs } = item;
      const gone = isGone(new SyncError(error));
      if (waitedMs !== undefined) {
        const retryAfterMs = Math.min(waitedMs * 2, settings.quarantineRetryMaxMs);
        work.draft.add({ items: [{ itemId, outcome: 'quarantined', reason: error.text, retryAfterMs }] });
        continue;
      }
      const count = strikes.get(itemId) ?? 1;
      if (count < settings.maxItemStrikes) {
        work.draft.add({ items: [{ itemId, outcome: 'failed', reason: error.text }] });
      } else if (gone) {
        // Listed, and never there: nothing is kept of what the server says it does not have.
        work.draft.add({ gone: [itemId] });
      } else {
        const retries = error.class !== 'item-permanent';
        const retry = retries ? { retryAfterMs: settings.quarantineRetryMs } : {};
        const show = settings.trackCategorizedItems ? { show: true } : {};
        work.draft.add({
          items: [{ itemId, outcome: 'quarantined', reason: error.text, ...retry, ...show }],
          alerts: [quarantinedAlert(mailbox, itemId, count, error.text, retries)],
        });
      }
    }
    return undefined;
  }
}
