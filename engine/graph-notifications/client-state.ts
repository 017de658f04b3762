import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a subscription gives Graph to send along with each notification, so that a stranger's can be told from it
 * (graph/change-notifications-delivery-webhooks, clientState; at most 128 characters): a proof by the mailbox's secret,
 * which it does not tell, and the mailbox.
 */
export function clientStateOf(mailboxId: string, secret: string): string {
  return `${proofOf(mailboxId, secret)}.${mailboxId}`;
}

/** The mailbox a client state names; whether it is true is for `provesItself` to say. */
export function mailboxOf(clientState: string): string | undefined {
  const at = clientState.indexOf('.');
  return at === proofLength ? clientState.slice(at + 1) : undefined;
}

export function provesItself(clientState: string, secret: string): boolean {
  const mailboxId = mailboxOf(clientState);
  if (mailboxId === undefined) return false;
  const given = Buffer.from(clientState.slice(0, proofLength));
  const expected = Buffer.from(proofOf(mailboxId, secret));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const proofLength = 32;

function proofOf(mailboxId: string, secret: string): string {
  const hmac = createHmac('sha256', secret).update(`change notifications of ${mailboxId}`);
  return hmac.digest('hex').slice(0, proofLength);
}
