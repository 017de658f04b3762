import { refusalText } from '../odata/refusal-text.ts';
import type { Refusal } from '../odata/refusals.ts';
import { subscriptionRefusals } from './subscription-refusals.ts';

/** A request about subscriptions that is refused. Carries the reply: HTTP status, Graph error code, its sentence. */
export class SubscriptionError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(
    kind: keyof typeof subscriptionRefusals,
    parts: Readonly<Record<string, string | number>> = {},
  ) {
    const refusal: Refusal = subscriptionRefusals[kind];
    super(refusalText(refusal, parts));
    this.name = 'SubscriptionError';
    this.status = refusal.status;
    this.code = refusal.code;
  }
}
