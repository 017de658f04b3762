import { GraphError } from '../graph-error.ts';
import { refusalText } from '../odata/refusal-text.ts';
import type { Refusal } from '../odata/refusals.ts';
import { subscriptionRefusals } from './subscription-refusals.ts';

/** A request about subscriptions that is refused. */
export class SubscriptionError extends GraphError {
  constructor(
    kind: keyof typeof subscriptionRefusals,
    parts: Readonly<Record<string, string | number>> = {},
  ) {
    const refusal: Refusal = subscriptionRefusals[kind];
    super(refusal.status, refusal.code, refusalText(refusal, parts));
    this.name = 'SubscriptionError';
  }
}
