import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import { folderUnreadAlert, folderUnreadCode } from '../incoming/folder-alerts.ts';
import { troubleOf } from '../incoming/incoming-run.ts';
import type { CycleReport, CycleResult } from '../schedule/cycle.ts';
import { checkFolders } from './check-folders.ts';
import { followFolder } from './follow-folder.ts';
import type { ImapIncomingWork, Place } from './imap-incoming-work.ts';
import { inboxId } from './item-keys.ts';
import { type ImapIncomingMemo, readMemo, writeMemo } from './memo.ts';
import { ofFolder } from './of-folder.ts';
import { relocate } from './relocate.ts';

/** A folder that ended so many sessions in a row is left alone for a while. Ours. */
const endingsAtMost = 2;

/** The work of one cycle: the Inbox and each tracked folder in turn. */
export class ImapIncomingRun {
  readonly #work: ImapIncomingWork;
  readonly #before: ImapIncomingMemo;
  #error: ClassifiedError | undefined;
  /** Where the bounds of the cycle left something: the next one begins behind it. */
  #stoppedAt: string | undefined;
  /** A tracked folder whose messages the server would not give. */
  #unread: boolean;
  #unreadNow = false;
  /** The session ended, and that is laid to a folder. */
  #over = false;

  constructor(work: ImapIncomingWork) {
    this.#work = work;
    this.#before = readMemo(work.context.lease.memo);
    this.#stoppedAt = this.#before.stoppedAt;
    this.#unread = this.#before.unread;
  }

  result(): CycleResult {
    const { book, more } = this.#work;
    return {
      processed: book.processed,
      failed: book.failed,
      error: troubleOf(this.#error),
      more,
      memo: writeMemo({ stoppedAt: this.#stoppedAt, unread: this.#unread }),
    };
  }

  /**
   * Rejects with `Fenced` when a later runner has taken over, with what the store rejects with, and with what the server
   * said where that came before anything was learned from it, or where another session may go on.
   */
  async run(): Promise<CycleReport> {
    const work = this.#work;
    try {
      await this.#sync();
    } catch (error) {
      if (!(error instanceof SyncError) || !work.answered) throw error;
      if (work.mayGoOnAfter(error)) {
        await work.commit();
        throw error;
      }
      this.#error = error.classified;
    }
    if (work.draft.isEmpty) return { result: this.result(), ended: undefined };
    return work.book.commitEnd(work.draft.take(), () => this.result());
  }

  async #sync(): Promise<void> {
    const work = this.#work;
    await checkFolders(work);
    let last: string | undefined;
    for (const place of this.#inTurn([...work.places.values()])) {
      if (work.aborted) return;
      if (work.spent) {
        work.more = true;
        this.#stoppedAt = last;
        return;
      }
      if (work.memo(place.id).restsUntil > work.context.clock.now()) {
        this.#unreadNow = true;
        continue;
      }
      const more = await this.#lookInto(place);
      if (this.#over) return;
      last = place.id;
      this.#stoppedAt = more ? last : undefined;
    }
    if (!this.#unread || this.#unreadNow) return;
    this.#unread = false;
    work.draft.add({ clearAlertCodes: [folderUnreadCode] });
  }

  /** As `#follow`. A server may end the session whenever it is asked of one folder: the second time the folder rests. */
  async #lookInto(place: Place): Promise<boolean> {
    const work = this.#work;
    try {
      const more = await this.#follow(place);
      const memo = work.memo(place.id);
      if (memo.endings > 0) work.remember(place.id, { ...memo, endings: 0, restsUntil: 0 });
      return more;
    } catch (error) {
      const laidToIt = place.id !== inboxId && error instanceof SyncError && endsSessions(error);
      if (!laidToIt || work.aborted) throw error;
      const memo = work.memo(place.id);
      const endings = memo.endings + 1;
      const rests = endings >= endingsAtMost;
      const { clock, settings } = work.context;
      const restsUntil = rests ? clock.now() + settings.trackingFolderCheckMs : 0;
      work.remember(place.id, { ...memo, endings, restsUntil });
      if (!rests) throw error;
      this.#unreadable(place, error);
      this.#over = true;
      return false;
    }
  }

  /** True when the bounds of the cycle left something in it. */
  async #follow(place: Place): Promise<boolean> {
    try {
      const { more, error } = await followFolder(this.#work, place);
      if (error !== undefined) throw new SyncError(error);
      return more;
    } catch (error) {
      if (!(error instanceof SyncError) || !ofFolder(error)) throw error;
      if (place.id !== inboxId) return this.#troubled(place, error);
      // What is wrong with the Inbox is wrong with the mailbox, and keeps the others from nothing.
      if (!this.#work.answered) throw error;
      this.#error ??= error.classified;
      return false;
    }
  }

  async #troubled(place: Place, error: SyncError): Promise<boolean> {
    const work = this.#work;
    if (error.code === 'imap-folder-gone' || (await this.#isMissing(place, error))) {
      const found = await relocate(work, place);
      return found !== undefined && found.path !== place.path ? this.#follow(found) : false;
    }
    this.#unreadable(place, error);
    return false;
  }

  #unreadable(place: Place, error: SyncError): void {
    this.#unread = true;
    this.#unreadNow = true;
    const { draft, context } = this.#work;
    const alert = folderUnreadAlert(context.mailbox, place.path, error.classified.code);
    if (!this.#before.unread) draft.add({ alerts: [alert] });
  }

  /** Exchange refuses a folder that is not there as it refuses others. */
  async #isMissing({ path }: Place, { classified: { phase } }: SyncError): Promise<boolean> {
    if (phase !== 'status' && phase !== 'select') return false;
    return !(await this.#work.list('now')).some((folder) => folder.path === path && folder.selectable);
  }

  /** The folder the last cycle could not finish comes last, so that a flood in one does not keep the others waiting. */
  #inTurn(places: readonly Place[]): readonly Place[] {
    const stopped = places.findIndex(({ id }) => id === this.#before.stoppedAt);
    return stopped === -1 ? places : [...places.slice(stopped + 1), ...places.slice(0, stopped + 1)];
  }
}

/** The connection was lost, or given up, while a folder was looked for or opened: not in the midst of its messages. */
function endsSessions({ classified }: SyncError): boolean {
  return classified.class === 'transient' && lookingPhases.has(classified.phase);
}

const lookingPhases: ReadonlySet<string> = new Set(['status', 'select', 'list']);
