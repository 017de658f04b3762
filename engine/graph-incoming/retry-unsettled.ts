import { quarantinedAlert } from '../incoming/incoming-alerts.ts';
import type { NewTracking } from '../store/store.ts';
import { isTracked } from './categories.ts';
import type { GraphIncomingWork } from './graph-incoming-work.ts';
import { type LookedAt, mayBeOfOne } from './graph-mailbox.ts';
import { Intake } from './intake.ts';
import type { Place } from './sort-changes.ts';

/**
 * Tries again what was begun and not settled, and what is in quarantine and due: one at a time, so that one that kills
 * the process is found, and after what is new.
 */
export async function retryUnsettled(
  work: GraphIncomingWork,
  places: readonly Extract<Place, { kind: 'tracked' }>[],
): Promise<void> {
  const { store, lease, clock, settings, mailbox } = work.context;
  for (const { itemId, state, strikes, retry } of work.todo.unsettled) {
    if (work.aborted) return;
    if (work.messagesLeft <= 0) {
      work.more = true;
      return;
    }
    await work.commit();
    if (state === 'begun' && strikes >= settings.maxItemStrikes) {
      const reason = 'it was begun as often as is allowed and never ended';
      const show = settings.trackCategorizedItems ? { show: true } : {};
      work.draft.add({
        items: [{ itemId, outcome: 'quarantined', reason, ...show }],
        alerts: [quarantinedAlert(mailbox, itemId, strikes, reason, false)],
      });
      continue;
    }
    const now = await work.mailbox.look(itemId).catch((error: unknown) => {
      // Its source is asked for all the same: that decides what becomes of it.
      if (mayBeOfOne(error)) return unseen(itemId);
      throw error;
    });
    if (now === undefined) {
      const struck = await store.beginItems(lease, [itemId], clock.now());
      const last = (struck.get(itemId) ?? 1) >= settings.maxItemStrikes || retry !== undefined;
      if (last) work.draft.add({ gone: [itemId] });
      else work.draft.add({ items: [{ itemId, outcome: 'failed', reason: 'the server does not have it' }] });
      continue;
    }
    work.seen.set(itemId, now);
    const tracking = trackingOf(now, places, settings.trackCategorizedItems);
    await new Intake(work).take([{ itemId, tracking, waitedMs: retry?.afterMs }]);
  }
}

function unseen(itemId: string): LookedAt {
  const unknown = { etag: undefined, receivedOn: undefined, categories: undefined, folderId: undefined };
  return { itemId, isDraft: false, ...unknown };
}

function trackingOf(
  now: LookedAt,
  places: readonly Extract<Place, { kind: 'tracked' }>[],
  categories: boolean,
): NewTracking {
  const marked = categories && isTracked(now.categories) === true;
  const place = places.find(({ folderId }) => folderId === now.folderId);
  const { folderId, regarding } = place ?? { folderId: undefined, regarding: undefined };
  return { by: place === undefined ? 'automatic' : 'folder', regarding, folderId, marked };
}
