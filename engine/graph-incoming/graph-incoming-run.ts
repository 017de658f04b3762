import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { keepSubscription } from '../graph-notifications/keep-subscription.ts';
import { folderUnreadAlert, folderUnreadCode } from '../incoming/folder-alerts.ts';
import { troubleOf } from '../incoming/incoming-run.ts';
import type { CycleReport, CycleResult } from '../schedule/cycle.ts';
import { checkFolders, invalidate } from './check-folders.ts';
import { followFolder } from './follow-folder.ts';
import { grantWishes } from './grant-wishes.ts';
import type { GraphIncomingWork } from './graph-incoming-work.ts';
import { mayBeOfOne } from './graph-mailbox.ts';
import { type GraphIncomingMemo, readMemo, writeMemo } from './memo.ts';
import { retryUnsettled } from './retry-unsettled.ts';
import type { Place } from './sort-changes.ts';
import { writeMarks } from './write-marks.ts';

/** The work of one cycle. */
export class GraphIncomingRun {
  readonly #work: GraphIncomingWork;
  #error: ClassifiedError | undefined;
  readonly #before: GraphIncomingMemo;
  /** Where the bounds of the cycle ended it: the next one begins behind it. */
  #stoppedAt: string | undefined;
  /** A tracked folder whose changes the server would not give. */
  #unread = false;
  #subscription: GraphIncomingMemo['subscription'];
  readonly #client: GraphClient;

  constructor(work: GraphIncomingWork, client: GraphClient) {
    this.#work = work;
    this.#client = client;
    this.#before = readMemo(work.context.lease.memo);
    this.#subscription = this.#before.subscription;
  }

  result(): CycleResult {
    const { book, more } = this.#work;
    return {
      processed: book.processed,
      failed: book.failed,
      error: troubleOf(this.#error),
      more,
      memo: writeMemo({
        stoppedAt: this.#stoppedAt,
        unread: this.#unread,
        subscription: this.#subscription,
      }),
    };
  }

  /** Rejects with `Fenced` when a later runner has taken over, and with what the store rejects with. */
  async run(): Promise<CycleReport> {
    try {
      await this.#sync();
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.#error = error.classified;
    }
    const { draft, book } = this.#work;
    if (draft.isEmpty) return { result: this.result(), ended: undefined };
    return book.commitEnd(draft.take(), () => this.result());
  }

  async #sync(): Promise<void> {
    const work = this.#work;
    // Before the look: what happens between the two is told of.
    this.#subscription = await keepSubscription(work.context, this.#client, this.#before.subscription);
    const tracked = await checkFolders(work);
    for (const place of this.#inTurn([{ kind: 'inbox' }, ...tracked])) {
      const outcome = await this.#follow(place);
      if (place.kind === 'tracked') {
        if (outcome === 'gone') invalidate(work, place.folderId);
        else if (place.regarding !== undefined) {
          const { folderId, regarding } = place;
          work.draft.add({ tracking: [{ kind: 'regarding', folderId, regarding }] });
        }
      }
      if (work.aborted) return;
      if (work.more) {
        this.#stoppedAt = keyOf(place);
        break;
      }
    }
    if (this.#before.unread && !this.#unread) work.draft.add({ clearAlertCodes: [folderUnreadCode] });
    await grantWishes(work);
    await retryUnsettled(work, tracked);
    await this.#delete();
    await writeMarks(work);
  }

  /** A tracked folder the server has trouble with keeps the others from nothing. */
  async #follow(place: Place): Promise<'followed' | 'gone'> {
    const work = this.#work;
    try {
      return await followFolder(work, place);
    } catch (error) {
      if (place.kind === 'inbox' || !(error instanceof SyncError) || !mayBeOfOne(error)) throw error;
      this.#unread = true;
      const { code } = error.classified;
      const known = work.todo.trackingFolders.find(({ folderId }) => folderId === place.folderId);
      const alert = folderUnreadAlert(work.context.mailbox, known?.path ?? place.folderId, code);
      if (!this.#before.unread) work.draft.add({ alerts: [alert] });
      return 'followed';
    }
  }

  /** The folder the last cycle could not finish comes last, so that a flood in one does not keep the others waiting. */
  #inTurn(places: readonly Place[]): readonly Place[] {
    const stopped = places.findIndex((place) => keyOf(place) === this.#before.stoppedAt);
    return stopped === -1 ? places : [...places.slice(stopped + 1), ...places.slice(0, stopped + 1)];
  }

  /** Deletes at the server what is stored, when the mailbox wants that. */
  async #delete(): Promise<void> {
    const work = this.#work;
    const { store, lease, clock, settings, mailbox } = work.context;
    if (!mailbox.processAndDeleteEmails || work.aborted) return;
    await work.commit();
    const limit = settings.incomingMaximumEmailsPerCycle;
    const { toDelete } = await store.folderWork(lease.mailboxId, clock.now(), limit);
    for (const itemId of toDelete) {
      if (work.aborted) return;
      await work.mailbox.remove(itemId);
      // There is nothing left to show it on.
      work.draft.add({ deleted: [itemId], tracking: [{ kind: 'unmarkable', itemId }] });
    }
  }
}

function keyOf(place: Place): string {
  return place.kind === 'inbox' ? 'inbox' : place.folderId;
}
