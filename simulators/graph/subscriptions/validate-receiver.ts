import type { GraphService } from '../graph-service.ts';
import { postToReceiver } from './post-to-receiver.ts';
import { SubscriptionError } from './subscription-error.ts';

/**
 * Asks a receiver whether it wants the notifications: it must answer 200 with the token, decoded and as plain text, in
 * time (change-notifications-delivery-webhooks, "notificationUrl validation"). Throws `SubscriptionError`.
 */
export async function validateReceiver(service: GraphService, url: string, ordinal: number): Promise<void> {
  const { context, profile, deliverTo } = service;
  const drawn = context.entropy.bytes(12, 'graph.subscription.validation', url, ordinal).toString('hex');
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${drawn}`;
  const asked = new URL(url);
  asked.searchParams.set('validationToken', token);
  const answer = await postToReceiver({
    deliverTo,
    clock: context.clock,
    url: asked.href,
    body: '',
    contentType: 'text/plain; charset=utf-8',
    withinMs: profile.subscriptions.answerWithinMs,
  });
  if (answer.kind === 'timeout') throw new SubscriptionError('timedOut');
  if (answer.kind !== 'answer' || answer.status !== 200) throw new SubscriptionError('notOk');
  if (answer.text !== token) throw new SubscriptionError('otherToken');
}
