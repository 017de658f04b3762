import { drawnUuid } from '../../entropy/drawn-uuid.ts';
import { mailboxFor } from '../access.ts';
import { folderNamed } from '../folder-named.ts';
import type { ServiceExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { checkLifetime } from './check-lifetime.ts';
import { renderSubscription } from './render-subscription.ts';
import type { Subscription } from './subscription.ts';
import { SubscriptionError } from './subscription-error.ts';
import { subscriptionWish } from './subscription-wish.ts';
import { subscriptionsOf } from './subscriptions-of.ts';
import { validateReceiver } from './validate-receiver.ts';

/** Makes a subscription, once its receivers have said that they want it (subscription-post-subscriptions). */
export async function createSubscription(exchange: ServiceExchange): Promise<GraphReply> {
  const { service, token, prefer, nowMs, context } = exchange;
  if (token === undefined) throw new SubscriptionError('unknown');
  const subscriptions = subscriptionsOf(service);
  const { perMailbox, maxLifeMs } = service.profile.subscriptions;
  const wish = subscriptionWish(exchange.json());
  checkLifetime(wish.expiresAtMs, nowMs, maxLifeMs);
  const mailbox = mailboxFor(wish.watched.user, token, context.mail, (id) => service.userById(id));
  const folder = wish.watched.folder === undefined ? undefined : folderNamed(mailbox, wish.watched.folder);
  if (subscriptions.countIn(mailbox) >= perMailbox)
    throw new SubscriptionError('tooMany', { count: perMailbox });

  const ordinal = subscriptions.nextOrdinal();
  await validateReceiver(service, wish.notificationUrl, ordinal);
  if (wish.lifecycleNotificationUrl !== undefined)
    await validateReceiver(service, wish.lifecycleNotificationUrl, ordinal);
  const subscription: Subscription = {
    id: drawnUuid(context.entropy, 'graph.subscription', mailbox.address, ordinal),
    appId: token.appId,
    tenant: token.tenant,
    resource: wish.resource,
    mailbox,
    folder: folder === 'root' ? undefined : folder,
    changeTypes: wish.changeTypes,
    notificationUrl: wish.notificationUrl,
    lifecycleNotificationUrl: wish.lifecycleNotificationUrl,
    clientState: wish.clientState,
    expiresAtMs: wish.expiresAtMs,
    immutableIds: prefer.immutableId,
    renewals: 0,
  };
  subscriptions.add(subscription);
  return {
    status: 201,
    body: {
      '@odata.context': `${service.baseUrl}/$metadata#subscriptions/$entity`,
      ...renderSubscription(subscription),
      clientState: wish.clientState ?? null,
    },
  };
}
