import type { ServiceExchange } from '../graph-exchange.ts';
import { checkLifetime } from './check-lifetime.ts';
import type { Subscription } from './subscription.ts';
import { expirationOf } from './subscription-wish.ts';
import { subscriptionsOf } from './subscriptions-of.ts';

/** Gives a subscription another end (subscription-update). Throws `SubscriptionError` for one that it may not have. */
export function renewSubscription(exchange: ServiceExchange, subscription: Subscription): void {
  const { service, nowMs } = exchange;
  const json = exchange.json();
  const expiration = typeof json === 'object' && json !== null && 'expirationDateTime' in json;
  const expiresAtMs = expirationOf(expiration ? json.expirationDateTime : undefined);
  checkLifetime(expiresAtMs, nowMs, service.profile.subscriptions.maxLifeMs);
  subscriptionsOf(service).renew(subscription, expiresAtMs);
}
