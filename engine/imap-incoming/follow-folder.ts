import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { FolderStatus } from '../imap/imap-session.ts';
import { flagsDue, syncFlags, synchronizesFlags } from '../imap-flags/sync-flags.ts';
import { IncomingRun } from '../incoming/incoming-run.ts';
import type { TrackingChange } from '../store/folder-work.ts';
import type { IncomingItem, NewTracking } from '../store/store.ts';
import { type FolderLook, folderLook, folderWay } from './folder-rules.ts';
import type { ImapIncomingWork, Place } from './imap-incoming-work.ts';
import { ImapMaildrop } from './imap-maildrop.ts';
import { inboxId, itemKeys } from './item-keys.ts';
import { OtherFolders } from './other-folders.ts';
import { relocate } from './relocate.ts';

/** A folder is compared whole with what is stored at least this often, whatever its counters say. Ours. */
const compareEveryMs = 24 * 60 * 60_000;

/** What became of a folder in this cycle. */
export interface FollowedFolder {
  readonly error: ClassifiedError | undefined;
  /** The bounds of the cycle left something in it. */
  readonly more: boolean;
}

/**
 * Looks at the counters of a folder, and where they moved asks for what came and went since all of it was accounted for;
 * where that does not make up what there is, and once a day, lists it and compares it with the ledger. What is settled is
 * committed page by page; the last page, and how the folder was found, are left in the draft.
 */
export async function followFolder(work: ImapIncomingWork, place: Place): Promise<FollowedFolder> {
  const { context, session } = work;
  const { store, lease, clock, mailbox } = context;
  const now = clock.now();
  const memo = work.memo(place.id);
  const mayRest =
    !mailbox.processAndDeleteEmails &&
    memo.lostOn === undefined &&
    memo.path === place.path &&
    now < memo.comparedOn + compareEveryMs &&
    !work.isDue(place.id);
  if (mayRest) {
    const status = await session.status(place.path);
    work.answered = true;
    const look = folderLook(status);
    if (folderWay(look, memo) === 'quiet') {
      await enforceRegarding(work, place);
      const numbering = itemKeys.numbering(place.id, look.uidValidity, memo.generation);
      await flagsAlone(work, place, numbering, status);
      return { error: undefined, more: false };
    }
  }
  const since = mayRest && memo.account !== undefined ? memo.seen?.modseq : undefined;
  const selected =
    since === undefined || memo.seen === undefined
      ? await session.select(place.path)
      : await session.select(place.path, { uidValidity: memo.seen.uidValidity, modseq: since });
  work.answered = true;
  const seen = afterUntold(folderLook(selected), memo.seen);
  if (seen.uidValidity === 0)
    throw new SyncError({
      class: 'transient',
      code: 'imap-garbled',
      text: `The server opened ${place.path} without its UIDVALIDITY.`,
      phase: 'select',
    });
  const way = memo.lostOn !== undefined && !isSame(seen, memo.seen) ? 'anew' : folderWay(seen, memo);
  if (way === 'anew' && place.id !== inboxId && memo.account !== undefined) {
    const found = await relocate(work, place);
    if (found !== undefined) return followFolder(work, found);
    return { error: undefined, more: false };
  }
  const generation = memo.generation + (way === 'anew' ? 1 : 0);
  const passed = way === 'anew' ? memo.passed : 0;
  const base = { ...memo, path: place.path, lostOn: undefined, seen, generation };
  await work.commit();
  if (way === 'anew' || memo.seen === undefined) {
    // Before the first message is known by it: the numbering is used up whatever becomes of this cycle.
    work.remember(place.id, { ...base, account: undefined, passed });
    await work.commit();
  }
  const numbering = itemKeys.numbering(place.id, seen.uidValidity, generation);
  const maildrop = new ImapMaildrop(session, selected, {
    folder: place.id,
    numbering,
    before: mayRest && (way === 'news' || way === 'quiet') ? memo.account : undefined,
    known: async (keys) => [...(await store.ledgerEntries(lease.mailboxId, keys)).keys()],
  });
  const run = new IncomingRun(
    context,
    maildrop,
    { vanished: memo.vanished, suspect: memo.suspect, write: () => undefined },
    {
      ...{ book: work.book, bounds: work.bounds, passed },
      receivedAfter: place.id === inboxId ? receivedAfterOf(work) : 0,
      tracking: trackingIn(place),
      elsewhere: new OtherFolders(work, place, seen.uidValidity),
    },
  );
  work.book.placing = (items) => placed(place, items);
  try {
    const page = await run.work();
    work.draft.add({ ...page, tracking: lettingGo(work, place, page.gone) });
    await work.commit();
  } finally {
    work.book.placing = undefined;
  }
  const { settled, error } = run;
  work.more ||= run.more;
  work.remember(place.id, {
    ...base,
    vanished: run.vanished,
    suspect: run.suspect,
    account: settled ? maildrop.account : undefined,
    comparedOn: settled && maildrop.compared ? now : memo.comparedOn,
    passed: way === 'anew' && !settled ? passed + run.taken : 0,
  });
  await enforceRegarding(work, place);
  if (error === undefined && !work.aborted && synchronizesFlags(context)) {
    await work.commit();
    // Another folder may have been looked into for what was moved.
    if (session.selected?.path === place.path && session.selected.uidValidity === seen.uidValidity)
      work.more = (await syncFlags(context, session, numbering)) || work.more;
  }
  return { error, more: run.more };
}

/** The flags of a folder in which nothing else happened. */
async function flagsAlone(
  work: ImapIncomingWork,
  { path }: Place,
  numbering: string,
  status: FolderStatus,
): Promise<void> {
  const { context, session } = work;
  if (!(await flagsDue(context, { path, numbering }, status))) return;
  await work.commit();
  const { uidValidity } = await session.select(path);
  // Issued anew at this moment: the next cycle sees it.
  if (uidValidity === status.uidValidity)
    work.more = (await syncFlags(context, session, numbering)) || work.more;
}

function receivedAfterOf({ context: { mailbox, profile } }: ImapIncomingWork): number {
  return Math.max(mailbox.processEmailReceivedAfter, profile.processEmailsReceivedAfter);
}

/** UIDNEXT is what it was where a server leaves it out: what is seen to go back is not forgotten. */
function afterUntold(look: FolderLook, before: FolderLook | undefined): FolderLook {
  const untold = look.uidNext === 0 && before?.uidValidity === look.uidValidity;
  return untold ? { ...look, uidNext: before.uidNext } : look;
}

/** A folder that was lost is the one it was only where the server says so. */
function isSame(now: FolderLook, before: FolderLook | undefined): boolean {
  return now.mailboxId !== undefined && now.mailboxId === before?.mailboxId;
}

/** IMAP has no categories to show what is tracked by: what is known of them counts as right. */
function trackingIn({ id, regarding }: Place): NewTracking {
  return id === inboxId
    ? { by: 'automatic', regarding: undefined, folderId: undefined, marked: true }
    : { by: 'folder', regarding, folderId: id, marked: true };
}

function placed({ id, regarding }: Place, items: readonly IncomingItem[]): readonly TrackingChange[] {
  const folderId = id === inboxId ? undefined : id;
  return items.flatMap((item) =>
    item.outcome === 'duplicate' && item.beside !== true
      ? [{ kind: 'placed', itemId: item.itemId, folderId, regarding } as const]
      : [],
  );
}

/** What is not in a tracked folder any more is let go of, unless the engine itself had it deleted. */
function lettingGo(
  { context }: ImapIncomingWork,
  { id }: Place,
  gone: readonly string[],
): readonly TrackingChange[] {
  if (id === inboxId) return [];
  return gone.map((itemId) =>
    context.mailbox.processAndDeleteEmails
      ? { kind: 'unbind', itemId, folderId: id }
      : { kind: 'release', itemId, folderId: id, marked: false },
  );
}

/** The folder's rule overwrites what its records were about before. */
async function enforceRegarding(work: ImapIncomingWork, { id, regarding }: Place): Promise<void> {
  const memo = work.memo(id);
  if (regarding === undefined || regarding === memo.regarding) return;
  await work.commit();
  work.draft.add({ tracking: [{ kind: 'regarding', folderId: id, regarding }] });
  work.remember(id, { ...memo, regarding });
}
