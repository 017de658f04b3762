import type { Refusal } from '../odata/refusals.ts';

/** Every refusal of a request about subscriptions, by what is wrong with it. */
export const subscriptionRefusals = {
  property: {
    status: 400,
    code: 'InvalidRequest',
    message: "Subscription property '{name}' is invalid: {reason}.",
    confidence: 'I',
    source: 'rules D (subscription resource); words ours',
  },
  lifetime: {
    status: 400,
    code: 'ExtensionError',
    message: 'Subscription expiration can only be {minutes} minutes in the future.',
    confidence: 'R',
    source: 'seen with 4230, 10070 and 10080 minutes',
  },
  notOk: {
    status: 400,
    code: 'InvalidRequest',
    message:
      'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
    confidence: 'R',
    source: 'learn Q&A 416427',
  },
  otherToken: {
    status: 400,
    code: 'InvalidRequest',
    message:
      'Subscription validation request failed. Response must exactly match validationToken query parameter.',
    confidence: 'R',
    source: 'seen by receivers that answer with something else; code as for notOk',
  },
  timedOut: {
    status: 400,
    code: 'InvalidRequest',
    message: 'Subscription validation request timed out.',
    confidence: 'R',
    source: 'aspnet-webhooks-rest-sample#9',
  },
  unknown: {
    status: 404,
    code: 'ResourceNotFound',
    message: 'The object was not found.',
    confidence: 'R',
    source: 'status: a client recreates on 404 when it renews after expiry; words ours',
  },
  tooMany: {
    status: 403,
    code: 'ExtensionError',
    message: 'Subscription limit of {count} reached for this mailbox.',
    confidence: 'I',
    source: 'limit D (outlook-change-notifications-overview); status and words ours',
  },
} as const satisfies Readonly<Record<string, Refusal>>;
