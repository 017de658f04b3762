import type { ServiceExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute } from '../graph-route.ts';
import { createSubscription } from './create-subscription.ts';
import { renderSubscription } from './render-subscription.ts';
import { renewSubscription } from './renew-subscription.ts';
import type { Subscription } from './subscription.ts';
import { SubscriptionError } from './subscription-error.ts';
import { subscriptionsOf } from './subscriptions-of.ts';

/** Subscriptions to changes of mail (subscription resource, change-notifications-overview). */
export const subscriptionRoutes: readonly GraphRoute[] = [
  {
    method: 'POST',
    path: '/subscriptions',
    operation: 'POST /subscriptions',
    scope: 'service',
    needs: 'Mail.ReadBasic',
    effect: 'lasting',
    note: 'messages of a mailbox or a folder; resource data and queries on the resource are refused',
    handle: createSubscription,
  },
  {
    method: 'GET',
    path: '/subscriptions',
    operation: 'GET /subscriptions',
    scope: 'service',
    handle(exchange): GraphReply {
      const { service, token } = exchange;
      return {
        status: 200,
        body: {
          '@odata.context': `${service.baseUrl}/$metadata#subscriptions`,
          value: subscriptionsOf(service)
            .of(token?.appId ?? '')
            .map(renderSubscription),
        },
      };
    },
  },
  {
    method: 'GET',
    path: '/subscriptions/:id',
    operation: 'GET /subscriptions/{id}',
    scope: 'service',
    handle: (exchange) => replyWith(exchange, own(exchange)),
  },
  {
    method: 'PATCH',
    path: '/subscriptions/:id',
    operation: 'PATCH /subscriptions/{id}',
    scope: 'service',
    effect: 'lasting',
    note: 'expirationDateTime',
    handle(exchange) {
      const subscription = own(exchange);
      renewSubscription(exchange, subscription);
      return replyWith(exchange, subscription);
    },
  },
  {
    method: 'POST',
    path: '/subscriptions/:id/reauthorize',
    operation: 'POST /subscriptions/{id}/reauthorize',
    scope: 'service',
    effect: 'lasting',
    handle(exchange) {
      const subscription = own(exchange);
      subscriptionsOf(exchange.service).renew(subscription, subscription.expiresAtMs);
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    path: '/subscriptions/:id',
    operation: 'DELETE /subscriptions/{id}',
    scope: 'service',
    effect: 'lasting',
    handle(exchange) {
      subscriptionsOf(exchange.service).remove(own(exchange));
      return { status: 204 };
    },
  },
];

/** The subscription of the path, if the app of the token made it. */
function own({ service, token, params }: ServiceExchange): Subscription {
  const subscription = subscriptionsOf(service).find(params.id ?? '');
  if (subscription === undefined || subscription.appId !== token?.appId)
    throw new SubscriptionError('unknown');
  return subscription;
}

function replyWith({ service }: ServiceExchange, subscription: Subscription): GraphReply {
  return {
    status: 200,
    body: {
      '@odata.context': `${service.baseUrl}/$metadata#subscriptions/$entity`,
      ...renderSubscription(subscription),
    },
  };
}
