import type { GraphService } from '../graph-service.ts';
import { messageIdIn } from '../ids.ts';
import { etagOf } from '../rendering/change-key.ts';
import { Subscriptions } from './subscriptions.ts';

const known = new WeakMap<GraphService, Subscriptions>();

/** The subscriptions of a Graph service; always the same object, until the service closes. */
export function subscriptionsOf(service: GraphService): Subscriptions {
  const before = known.get(service);
  if (before !== undefined) return before;
  const subscriptions = new Subscriptions({
    context: service.context,
    rules: service.profile.subscriptions,
    deliverTo: () => service.deliverTo,
    userId: (mailbox) => service.userId(mailbox),
    idOf: ({ folder, messageId }, immutable) => messageIdIn(folder.id, messageId, immutable),
    etagOf({ mailbox, messageId }) {
      const place = mailbox.find(messageId);
      return place && etagOf(place);
    },
  });
  known.set(service, subscriptions);
  service.onClose(() => subscriptions.close());
  return subscriptions;
}
