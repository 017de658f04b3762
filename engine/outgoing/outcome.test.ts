/**
 * Policy, for one attempt at one row:
 *
 * - An accepted recipient is done; only pending ones are ever asked again.
 * - A recipient refused for now is tried alone later; one refused for good is reported, and the row ends Failed.
 * - After the final dot without a valid reply nobody is asked again: Uncertain, with an alert that names the row.
 * - What is about the server or the account (throttle, outage, credentials) stops the cycle and costs the row nothing.
 * - What is about the row costs it an attempt, and the last one ends it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smtpCorpus } from '../errors/corpus-smtp.ts';
import { EmailStatus, type OutgoingEmail, type OutgoingRecipient } from '../records/email.ts';
import type { RecipientAnswer, SendResult } from '../smtp/send-result.ts';
import { parseReply, type SmtpReply } from '../smtp/smtp-reply.ts';
import { abandonedOutcome, type SendOutcome, sendOutcome } from './outcome.ts';

const bob = 'bob@example.org';
const cy = 'cy@example.org';
const taken: SmtpReply = { code: 250, enhanced: '2.0.0', text: 'taken' };

function reply(raw: string): SmtpReply {
  const parsed = parseReply(raw);
  if (parsed === undefined) throw new Error(`Not a reply: ${raw}`);
  return parsed;
}

function row(
  recipients: readonly Partial<OutgoingRecipient>[] = [{}, {}],
  deliveryAttempts = 0,
): OutgoingEmail {
  const addresses = [bob, cy];
  return {
    id: 'e1',
    mailboxId: 'm1',
    subject: 's',
    to: addresses.map((address) => ({ address })),
    status: EmailStatus.pendingSend,
    messageId: '<e1@example.org>',
    queuedOn: 0,
    deliveryAttempts,
    recipients: recipients.map((recipient, index) => ({
      address: addresses[index] ?? '',
      outcome: 'pending',
      reply: undefined,
      ...recipient,
    })),
  };
}

const none: readonly RecipientAnswer[] = [bob, cy].map((address) => ({ address, refusal: undefined }));

function judged(result: SendResult, email = row()): SendOutcome {
  return sendOutcome({ email, result, at: 7, maximumDeliveryAttempts: 3 });
}

function refusedAt(phase: 'mail' | 'rcpt' | 'data' | 'final-dot', raw: string): SendResult {
  return {
    kind: 'refused',
    trouble: { phase, reply: reply(raw), cause: 'reply', error: undefined },
    recipients: none,
  };
}

function outcomes(outcome: SendOutcome): readonly string[] {
  return outcome.record.recipients.map((recipient) => recipient.outcome);
}

it('accepted for everyone is Sent', () => {
  const outcome = judged({ kind: 'accepted', reply: taken, recipients: none });
  expect(outcome.record).toMatchObject({ status: EmailStatus.sent, error: undefined, alerts: [] });
  expect(outcomes(outcome)).toEqual(['accepted', 'accepted']);
});

it.each([
  ['450 4.2.1 later', ['accepted', 'pending'], EmailStatus.pendingSend, []],
  ['452 4.5.3 Too many recipients', ['accepted', 'pending'], EmailStatus.pendingSend, []],
  ['550 5.1.1 No such user', ['accepted', 'refused'], EmailStatus.failed, ['send-failed']],
])('one recipient refused with %s', (raw, expected, status, alerts) => {
  const outcome = judged({
    kind: 'accepted',
    reply: taken,
    recipients: [
      { address: bob, refusal: undefined },
      { address: cy, refusal: reply(raw) },
    ],
  });
  expect(outcomes(outcome)).toEqual(expected);
  expect(outcome.record.status).toBe(status);
  expect(outcome.record.alerts.map((alert) => alert.code)).toEqual(alerts);
  expect(outcome.stop).toBeUndefined();
});

it('the report of a failed row names the refused and their reply, and no one else', () => {
  const outcome = judged({
    kind: 'accepted',
    reply: taken,
    recipients: [
      { address: bob, refusal: undefined },
      { address: cy, refusal: reply('550 5.1.1 No such user') },
    ],
  });
  const text = outcome.record.alerts[0]?.text;
  expect(text).toContain('e1');
  expect(text).toContain('cy@example.org: 550 5.1.1 No such user');
  expect(text).not.toContain(bob);
});

it('a second attempt asks and changes only those still pending', () => {
  const email = row([{ outcome: 'accepted', reply: '250 ok' }, {}], 1);
  const outcome = judged(
    { kind: 'accepted', reply: taken, recipients: [{ address: cy, refusal: undefined }] },
    email,
  );
  expect(outcome.record.recipients[0]).toEqual(email.recipients[0]);
  expect(outcome.record.status).toBe(EmailStatus.sent);
});

it('no reply after the final dot is Uncertain, and stops the cycle', () => {
  const outcome = judged({
    kind: 'unknown',
    trouble: { phase: 'final-dot', reply: undefined, cause: 'lost', error: undefined },
    recipients: none,
  });
  expect(outcomes(outcome)).toEqual(['uncertain', 'uncertain']);
  expect(outcome.record.status).toBe(EmailStatus.uncertain);
  expect(outcome.record.alerts[0]).toMatchObject({ code: 'send-uncertain', scope: 'email' });
  expect(outcome.record.alerts[0]?.text).toContain('<e1@example.org>');
  expect(outcome.stop?.class).toBe('transient');
});

it('a recipient known not to be served is still served when the other is uncertain', () => {
  const first = judged({
    kind: 'unknown',
    trouble: { phase: 'final-dot', reply: undefined, cause: 'lost', error: undefined },
    recipients: [
      { address: bob, refusal: undefined },
      { address: cy, refusal: reply('450 4.2.1 later') },
    ],
  });
  expect(outcomes(first)).toEqual(['uncertain', 'pending']);
  expect(first.record.status).toBe(EmailStatus.pendingSend);
  expect(first.record.alerts.map((alert) => alert.code)).toEqual(['send-uncertain']);
  const second = judged(
    { kind: 'accepted', reply: taken, recipients: [{ address: cy, refusal: undefined }] },
    { ...row(), recipients: first.record.recipients },
  );
  expect(outcomes(second)).toEqual(['uncertain', 'accepted']);
  expect(second.record).toMatchObject({ status: EmailStatus.uncertain, alerts: [] });
});

describe('a reply about the server or the account', () => {
  const lines = smtpCorpus.filter(
    (line) => line.scope === 'service' && ['mail', 'rcpt', 'data', 'final-dot'].includes(line.phase),
  );
  it.each(lines.map((line) => [line.phase, line.reply, line] as const))(
    '%s %s stops the cycle and costs the row nothing, even at its last attempt',
    (phase, raw, line) => {
      const outcome = judged(refusedAt(phase as 'mail', raw), row([{}, {}], 2));
      expect(outcome.stop).toMatchObject({ class: line.class, code: line.code });
      expect(outcomes(outcome)).toEqual(['pending', 'pending']);
      expect(outcome.record).toMatchObject({
        status: EmailStatus.pendingSend,
        deliveryAttempts: 2,
        alerts: [],
      });
    },
  );
});

describe('a reply about the message', () => {
  it('for good ends the row', () => {
    const outcome = judged(refusedAt('final-dot', '554 5.6.0 Mail message is malformed.'));
    expect(outcome.record.status).toBe(EmailStatus.failed);
    expect(outcome.stop).toBeUndefined();
  });

  it('for now costs an attempt, and the last one ends the row', () => {
    const result = refusedAt('final-dot', '451 4.7.1 Greylisting in action, please come back later');
    const early = judged(result, row([{}, {}], 1));
    expect(early.record).toMatchObject({ status: EmailStatus.pendingSend, deliveryAttempts: undefined });
    expect(early.stop).toBeUndefined();
    const last = judged(result, row([{}, {}], 2));
    expect(last.record.status).toBe(EmailStatus.failed);
    expect(last.record.alerts[0]?.text).toContain('Greylisting');
  });
});

it.each([
  ['mail', 'lost', 2],
  ['data', 'timeout', 2],
  ['body', 'aborted', 2],
  ['body', 'lost', undefined],
] as const)('a message not handed over, %s %s, stays in the queue', (phase, cause, deliveryAttempts) => {
  const result: SendResult = {
    kind: 'not-handed',
    trouble: { phase, reply: undefined, cause, error: undefined },
    recipients: none,
  };
  const outcome = judged(result, row([{}, {}], cause === 'lost' && phase === 'body' ? 1 : 2));
  expect(outcome.record).toMatchObject({ status: EmailStatus.pendingSend, deliveryAttempts });
  expect(outcome.stop?.class).toBe('transient');
});

describe('a row whose runner died', () => {
  it('goes back in the queue when it was not handed over', () => {
    const outcome = abandonedOutcome({ ...row([{}, {}], 1), handed: false }, 7, 3);
    expect(outcome.record).toMatchObject({ status: EmailStatus.pendingSend, alerts: [] });
  });
  it('is Uncertain when it was, with an alert that names it', () => {
    const outcome = abandonedOutcome({ ...row([{ outcome: 'accepted' }, {}], 1), handed: true }, 7, 3);
    expect(outcomes(outcome)).toEqual(['accepted', 'uncertain']);
    expect(outcome.record.status).toBe(EmailStatus.uncertain);
    expect(outcome.record.alerts[0]?.text).toContain('e1');
    expect(outcome.record.alerts[0]?.text).not.toContain(bob);
  });
  it('fails when it keeps killing its runner', () => {
    const outcome = abandonedOutcome({ ...row([{}, {}], 3), handed: false }, 7, 3);
    expect(outcome.record.status).toBe(EmailStatus.failed);
  });
});

it('a round that serves nobody is an attempt', () => {
  const tooMany = reply('452 4.5.3 Too many recipients');
  const rest = row([{ outcome: 'accepted' }, {}], 2);
  const nobody: SendResult = {
    kind: 'accepted',
    reply: taken,
    recipients: rest.recipients
      .filter(({ outcome }) => outcome === 'pending')
      .map(({ address }) => ({ address, refusal: tooMany })),
  };
  expect(judged(nobody, rest).record.status).toBe(EmailStatus.failed);
});

it('whatever the replies, a row ends within its attempts and a round for each recipient, and nobody is asked again who may have been served', () => {
  const refusals = smtpCorpus.filter((line) => line.phase === 'rcpt' && line.scope === 'recipient');
  const anyRefusal = fc.option(fc.constantFrom(...refusals.map((line) => reply(line.reply))), {
    nil: undefined,
  });
  const anyKind = fc.constantFrom('accepted', 'refused', 'unknown', 'body');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyKind, anyRefusal, anyRefusal), { minLength: 5, maxLength: 5 }),
      (script) => {
        let email = row();
        const asked = new Map<string, number>();
        for (const [kind, forBob, forCy] of script) {
          const pending = email.recipients.filter((recipient) => recipient.outcome === 'pending');
          if (pending.length === 0) break;
          const recipients = pending.map(({ address }) => ({
            address,
            refusal: address === bob ? forBob : forCy,
          }));
          const trouble = { phase: 'final-dot', reply: undefined, cause: 'lost', error: undefined } as const;
          const result: SendResult =
            kind === 'accepted'
              ? { kind, reply: taken, recipients }
              : kind === 'unknown'
                ? { kind, trouble, recipients }
                : kind === 'body'
                  ? { kind: 'not-handed', trouble: { ...trouble, phase: 'body' }, recipients }
                  : { ...refusedAt('final-dot', '451 4.5.0 no'), recipients };
          for (const { address, refusal } of recipients) {
            const maybeServed = refusal === undefined && (kind === 'accepted' || kind === 'unknown');
            expect(asked.get(address) ?? 0, address).toBe(0);
            if (maybeServed) asked.set(address, 1);
          }
          const { record } = judged(result, email);
          email = {
            ...email,
            recipients: record.recipients,
            status: record.status,
            deliveryAttempts: record.deliveryAttempts ?? email.deliveryAttempts + 1,
          };
        }
        expect(email.status).not.toBe(EmailStatus.pendingSend);
      },
    ),
  );
});
