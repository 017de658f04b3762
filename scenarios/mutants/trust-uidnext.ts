import type { FolderCursor } from '../../engine/store/folder-work.ts';
import { type Mutant, overriding } from './mutant.ts';

/** All there is below UIDNEXT counts as accounted for. */
function believing(cursor: FolderCursor, now: number): FolderCursor {
  const memo: unknown = cursor.link === undefined ? undefined : JSON.parse(cursor.link);
  if (typeof memo !== 'object' || memo === null || !('seen' in memo)) return cursor;
  const { seen } = memo;
  if (typeof seen !== 'object' || seen === null || !('uidNext' in seen) || !('messages' in seen))
    return cursor;
  const account = { top: Number(seen.uidNext) - 1, held: seen.messages };
  return { ...cursor, link: JSON.stringify({ ...memo, account, comparedOn: now }) };
}

export const trustUidnext: Mutant = {
  name: 'trust-uidnext',
  bug: 'The next cycle begins at the UIDNEXT the server told, whatever of the messages before it was stored.',
  breaks: ['settling', 'INV-1'],
  store: (store) =>
    overriding(store, {
      commitIncoming: (lease, page, end) => {
        const { cursor } = page;
        if (cursor === undefined) return store.commitIncoming(lease, page, end);
        return store.commitIncoming(
          lease,
          { ...page, cursor: believing(cursor, end?.endedAt ?? lease.dueAt) },
          end,
        );
      },
    }),
};
