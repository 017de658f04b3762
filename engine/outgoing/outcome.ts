import { type ClassifiedReply, classifySmtp } from '../errors/classify-smtp.ts';
import { classifyTrouble } from '../errors/classify-trouble.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { AbandonedEmail, OutgoingEmail, OutgoingRecipient } from '../records/email.ts';
import type { SendResult } from '../smtp/send-result.ts';
import { formatReply } from '../smtp/smtp-reply.ts';
import type { SendRecord } from '../store/store.ts';
import { concluded } from './concluded.ts';
import { wireAddress } from './envelope.ts';

/** What follows from one attempt at one row. */
export interface SendOutcome {
  readonly record: SendRecord;
  readonly label: 'sent' | 'failed' | 'uncertain' | 'deferred';
  /** Set when the trouble is the server's or the account's: the cycle ends with it and leaves the other rows alone. */
  readonly stop: ClassifiedReply | undefined;
}

export interface Attempt {
  /** The row as it was before this attempt. */
  readonly email: OutgoingEmail;
  readonly result: SendResult;
  readonly at: number;
  readonly maximumDeliveryAttempts: number;
}

/**
 * Decides from what is known of an attempt. Accepted recipients are done and never tried again; recipients refused
 * for now stay pending and are tried alone; recipients refused for good are reported. A row ends when nobody is
 * pending: Uncertain if anyone's fate is unknown, else Failed if anyone was refused, else Sent.
 */
export function sendOutcome({ email, result, at, maximumDeliveryAttempts }: Attempt): SendOutcome {
  const whole = result.kind === 'accepted' ? undefined : classifyTrouble(result.trouble);
  const refusals = new Map<string, ClassifiedReply>();
  for (const { address, refusal } of result.recipients) {
    if (refusal !== undefined) refusals.set(address, classifySmtp(refusal, 'rcpt'));
  }
  const stop =
    whole?.scope === 'service'
      ? whole
      : [...refusals.values()].find((refusal) => refusal.scope === 'service');
  // A server that takes so many recipients at a time is served in rounds, each of which got further.
  const inRounds =
    result.kind === 'accepted' &&
    result.recipients.some(({ refusal }) => refusal === undefined) &&
    [...refusals.values()].some((refusal) => refusal.code === 'smtp-too-many-recipients');
  const excused = inRounds || (stop !== undefined && saysNothingOfRow(result, stop));
  const lastTry = !excused && email.deliveryAttempts + 1 >= maximumDeliveryAttempts;
  const recipients = email.recipients.map((recipient) => {
    if (recipient.outcome !== 'pending') return recipient;
    const next = settled(recipient, refusals.get(addressKey(recipient)), result, whole);
    return lastTry && next.outcome === 'pending' ? { ...next, outcome: 'refused' as const } : next;
  });
  const error = whole ?? stop ?? refusals.values().next().value;
  return { ...concluded(email, recipients, at, error, excused ? email.deliveryAttempts : undefined), stop };
}

/**
 * A row whose runner died while sending it. Not handed: it did not go out, and goes back in the queue with its
 * attempt counted, so that a message that kills its runner does not do so for ever. Handed: nobody knows, and
 * sending it again could make a second copy.
 */
export function abandonedOutcome(
  email: AbandonedEmail,
  at: number,
  maximumDeliveryAttempts: number,
): SendOutcome {
  const lastTry = email.deliveryAttempts >= maximumDeliveryAttempts;
  const recipients = email.recipients.map((recipient): OutgoingRecipient => {
    if (recipient.outcome !== 'pending') return recipient;
    if (email.handed)
      return { ...recipient, outcome: 'uncertain', reply: 'The engine stopped before it knew the reply.' };
    return lastTry
      ? { ...recipient, outcome: 'refused', reply: recipient.reply ?? 'Every attempt was cut short.' }
      : recipient;
  });
  return { ...concluded(email, recipients, at, undefined, undefined), stop: undefined };
}

/** A row that cannot even be composed. */
export function unsendableOutcome(email: OutgoingEmail, at: number, why: string): SendOutcome {
  const error: ClassifiedError = {
    class: 'item-permanent',
    code: 'compose-failed',
    text: why,
    phase: 'compose',
  };
  const recipients = email.recipients.map(
    (recipient): OutgoingRecipient =>
      recipient.outcome === 'pending' ? { ...recipient, outcome: 'refused', reply: why } : recipient,
  );
  return { ...concluded(email, recipients, at, error, undefined), stop: undefined };
}

/** The trouble was met before the server could judge the row, or is not about it: the attempt does not count. */
function saysNothingOfRow(result: SendResult, stop: ClassifiedReply): boolean {
  if (stop.class === 'throttled') return true;
  if (result.kind === 'refused') return true;
  return (
    result.kind === 'not-handed' && (result.trouble.phase !== 'body' || result.trouble.cause === 'aborted')
  );
}

function settled(
  recipient: OutgoingRecipient,
  refusal: ClassifiedReply | undefined,
  result: SendResult,
  whole: ClassifiedReply | undefined,
): OutgoingRecipient {
  if (refusal !== undefined) {
    const outcome = refusal.class === 'item-permanent' ? 'refused' : 'pending';
    return { ...recipient, outcome, reply: refusal.text };
  }
  switch (result.kind) {
    case 'accepted':
      return { ...recipient, outcome: 'accepted', reply: formatReply(result.reply) };
    case 'unknown':
      return { ...recipient, outcome: 'uncertain', reply: whole?.text };
    case 'refused':
    case 'not-handed':
      return {
        ...recipient,
        outcome: whole?.class === 'item-permanent' && whole.scope === 'message' ? 'refused' : 'pending',
        reply: whole?.text,
      };
    default: {
      const never: never = result;
      throw new Error(`No outcome for ${JSON.stringify(never)}.`);
    }
  }
}

function addressKey(recipient: OutgoingRecipient): string {
  return wireAddress(recipient.address) ?? recipient.address.trim();
}
