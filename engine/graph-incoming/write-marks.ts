import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { CommitPage } from '../incoming/commit-book.ts';
import type { ItemMark } from '../store/folder-work.ts';
import { rightCategories } from './categories.ts';
import { categoryUnwrittenAlert } from './graph-incoming-alerts.ts';
import type { GraphIncomingWork } from './graph-incoming-work.ts';
import { isGone, mayBeOfOne } from './graph-mailbox.ts';

const writesAtOnce = 4;

/**
 * Writes the category on what is tracked, takes it off what no longer is, and marks what cannot be delivered. What was
 * written is committed after it; should that fail, the item shows what was to be written and it is not written twice.
 */
export async function writeMarks(work: GraphIncomingWork): Promise<void> {
  const { store, lease, settings } = work.context;
  if (!settings.trackCategorizedItems || work.aborted) return;
  // What is in the draft shows in the store only once it is committed.
  if (!work.draft.isEmpty && work.draft.bringsMarks) await work.commit();
  const marks = await store.marksToWrite(lease.mailboxId, settings.incomingMaximumEmailsPerCycle);
  for (let at = 0; at < marks.length && !work.aborted; at += writesAtOnce) {
    const wave = marks.slice(at, at + writesAtOnce);
    const written = await Promise.allSettled(wave.map((mark) => writeMark(work, mark)));
    for (const outcome of written) if (outcome.status === 'fulfilled') work.draft.add(outcome.value);
    if (work.draft.size >= settings.incomingCommitEvery) await work.commit();
    const failed = written.filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of failed) if (!mayBeOfOne(reason)) throw reason;
    // The next cycle writes what was not written; a server that writes none is not asked on.
    if (failed.length === wave.length) return;
  }
}

/** What is known of the item's category afterwards. */
async function writeMark(work: GraphIncomingWork, mark: ItemMark): Promise<Partial<CommitPage>> {
  const { itemId } = mark;
  const seen = work.seen.get(itemId);
  try {
    if (seen?.categories !== undefined && seen.etag !== undefined) {
      const written = await put(work, mark, seen.categories, seen.etag);
      if (written) return done(mark);
    }
    const now = await work.mailbox.look(itemId);
    if (now === undefined) return givenUp(mark);
    // Changed twice in this moment: the next cycle looks again.
    return (await put(work, mark, now.categories ?? [], now.etag)) ? done(mark) : {};
  } catch (error) {
    if (isGone(error)) return givenUp(mark);
    const refused = refusal(error);
    if (refused === undefined) throw error;
    return { ...givenUp(mark), alerts: [categoryUnwrittenAlert(work.context.mailbox, refused.code)] };
  }
}

/** False when the item was changed by somebody else since. */
async function put(
  work: GraphIncomingWork,
  mark: ItemMark,
  present: readonly string[],
  etag: string | undefined,
): Promise<boolean> {
  const right = rightCategories(present, mark);
  if (right.length === present.length && right.every((name) => present.includes(name))) return true;
  try {
    await work.mailbox.setCategories(mark.itemId, right, etag);
    return true;
  } catch (error) {
    if (error instanceof SyncError && error.classified.code === 'graph-conflict') return false;
    throw error;
  }
}

function done({ itemId, tracked, undeliverable }: ItemMark): Partial<CommitPage> {
  if (undeliverable) return { shownUndeliverable: [itemId] };
  return { tracking: [{ kind: 'marked', itemId, marked: tracked }] };
}

function givenUp({ itemId, undeliverable }: ItemMark): Partial<CommitPage> {
  if (undeliverable) return { shownUndeliverable: [itemId] };
  return { tracking: [{ kind: 'unmarkable', itemId }] };
}

/** Tracking does not hang on the category: a server that refuses to have it written is left in peace. */
function refusal(error: unknown): ClassifiedError | undefined {
  if (!(error instanceof SyncError)) return undefined;
  const { classified } = error;
  const final = classified.class === 'item-permanent' || classified.code === 'graph-access-denied';
  return final ? classified : undefined;
}
