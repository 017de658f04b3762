import { SubscriptionError } from './subscription-error.ts';

/** Holds an expiration to what a subscription may live. Throws `SubscriptionError`. */
export function checkLifetime(expiresAtMs: number, nowMs: number, maxLifeMs: number): void {
  if (expiresAtMs <= nowMs)
    throw new SubscriptionError('property', { name: 'expirationDateTime', reason: 'it is in the past' });
  if (expiresAtMs - nowMs > maxLifeMs)
    throw new SubscriptionError('lifetime', { minutes: Math.floor(maxLifeMs / 60_000) });
}
