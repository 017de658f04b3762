import type { TrackingWish } from '../records/tracking.ts';
import { isTracked } from './categories.ts';
import { wishUnfoundAlert } from './graph-incoming-alerts.ts';
import type { GraphIncomingWork } from './graph-incoming-work.ts';
import { type LookedAt, mayBeOfOne } from './graph-mailbox.ts';
import { Intake } from './intake.ts';

/** Fetches and tracks what a person asked for and was not in the store. Neither dates nor folders matter here. */
export async function grantWishes(work: GraphIncomingWork): Promise<void> {
  for (const wish of work.todo.wishes) {
    if (work.aborted) return;
    await work.commit();
    let itemId: string | undefined;
    let now: LookedAt | undefined;
    try {
      itemId = wish.itemId ?? (await find(work, wish));
      now = itemId === undefined ? undefined : await work.mailbox.look(itemId);
    } catch (error) {
      // The next cycle asks again.
      if (mayBeOfOne(error)) continue;
      throw error;
    }
    if (itemId === undefined || now === undefined) {
      const item = wish.messageId ?? wish.itemId ?? '';
      work.draft.add({ granted: [wish.id], alerts: [wishUnfoundAlert(work.context.mailbox, item)] });
      continue;
    }
    work.seen.set(itemId, now);
    const marked = isTracked(now.categories) === true;
    const start = { by: 'manual', regarding: wish.regarding, folderId: undefined, marked } as const;
    const { store, lease } = work.context;
    const state = (await store.ledgerEntries(lease.mailboxId, [itemId])).get(itemId)?.state;
    if (state === 'stored' || state === 'duplicate') {
      work.draft.add({ granted: [wish.id], tracking: [{ kind: 'track', itemId, ...start }] });
      continue;
    }
    // In quarantine it waits for its own next try.
    if (state === 'quarantined') work.draft.add({ granted: [wish.id] });
    else if (await new Intake(work).take([{ itemId, tracking: start }])) await settle(work, wish, itemId);
  }
}

/** A wish whose message failed is asked for again with it. */
async function settle(work: GraphIncomingWork, wish: TrackingWish, itemId: string): Promise<void> {
  await work.commit();
  const { store, lease } = work.context;
  const state = (await store.ledgerEntries(lease.mailboxId, [itemId])).get(itemId)?.state;
  if (state !== 'begun') work.draft.add({ granted: [wish.id] });
}

async function find(work: GraphIncomingWork, wish: TrackingWish): Promise<string | undefined> {
  if (wish.messageId === undefined) return undefined;
  const [first] = await work.mailbox.withMessageId(wish.messageId);
  return first;
}
