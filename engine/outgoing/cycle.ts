import { classifyTrouble } from '../errors/classify-trouble.ts';
import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { OutgoingEmail } from '../records/email.ts';
import type { SmtpProfile } from '../records/email-server-profile.ts';
import type { Mailbox } from '../records/mailbox.ts';
import type { CycleContext, CycleReport } from '../schedule/cycle.ts';
import type { SendResult } from '../smtp/send-result.ts';
import { SmtpFailure } from '../smtp/smtp-failure.ts';
import { SmtpSession } from '../smtp/smtp-session.ts';
import type { CycleEnd, SendRecord } from '../store/store.ts';
import { composeMessage } from './compose.ts';
import { envelopeOf, wireAddress } from './envelope.ts';
import { fileSentCopies } from './file-sent-copies.ts';
import { abandonedOutcome, type SendOutcome, sendOutcome, unsendableOutcome } from './outcome.ts';
import type { SentFolders } from './sent-folders.ts';

/**
 * Sends what is queued for one mailbox: first what a dead runner left in Sending, then up to one batch of Pending
 * Send, oldest first, over one connection at a time. A row is Sending before its first byte leaves, marked as handed
 * before its final dot may, and recorded as soon as the reply is in; the last record carries the cycle's end.
 *
 * With `folders`, copies of what was accepted are filed in the mailbox's Sent folder once the sending is over: each is
 * due from the record of its sending on, and the cycle's end is left to the caller, as it comes after them.
 */
export async function runOutgoingCycle(
  context: CycleContext<SmtpProfile>,
  folders?: SentFolders,
): Promise<CycleReport> {
  const run = new OutgoingRun(context, folders !== undefined);
  try {
    await run.settleAbandoned();
    await run.sendBatch();
  } finally {
    await run.close();
  }
  if (folders !== undefined) run.moreCopies(await fileSentCopies(context, folders));
  return run.report();
}

class OutgoingRun {
  #session: SmtpSession | undefined;
  #processed = 0;
  #failed = 0;
  #error: ClassifiedError | undefined;
  #more = false;
  /** Nothing more is to be written or sent: the lease was lost, the trouble is general, or we were told to stop. */
  #over = false;
  #ended: CycleEnd | undefined;
  #lingering = false;
  readonly #context: CycleContext<SmtpProfile>;
  readonly #filesCopies: boolean;

  constructor(context: CycleContext<SmtpProfile>, filesCopies: boolean) {
    this.#context = context;
    this.#filesCopies = filesCopies;
  }

  moreCopies(more: boolean): void {
    if (more) this.#more = true;
  }

  async settleAbandoned(): Promise<void> {
    const { store, lease, clock, settings } = this.#context;
    for (const email of await store.abandonedSending(lease)) {
      const outcome = abandonedOutcome(email, clock.now(), settings.maximumDeliveryAttempts);
      if (outcome.label !== 'deferred') this.#failed += 1;
      await this.#record(email, outcome, false, email.deliveryAttempts);
      if (this.#over) return;
    }
  }

  async sendBatch(): Promise<void> {
    if (this.#over) return;
    const { store, mailbox, clock, settings, signal } = this.#context;
    const limit = Math.min(Math.max(settings.backgroundSendBatchSize, 1), 255);
    const rows = await store.pendingSend(mailbox.id, clock.now(), limit);
    this.#more = rows.length >= limit;
    for (const [index, email] of rows.entries()) {
      if (signal.aborted) this.#over = true;
      if (this.#over) return;
      await this.#sendRow(email, index === rows.length - 1);
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    const closed = await (this.#context.signal.aborted ? session.leave() : session.quit());
    if (!closed) this.#lingering = true;
  }

  report(): CycleReport {
    return { result: this.#result(), ended: this.#ended, lingering: this.#lingering };
  }

  async #sendRow(email: OutgoingEmail, last: boolean): Promise<void> {
    const { store, lease, mailbox, clock, settings } = this.#context;
    const session = await this.#ready();
    if (session === undefined) return;
    if (!(await store.beginSending(lease, email.id, clock.now()))) {
      this.#over = true;
      return;
    }
    const attempt = email.deliveryAttempts + 1;
    let content: Uint8Array;
    try {
      content = await composeMessage(email, mailbox);
    } catch (error) {
      const why = `The message cannot be composed: ${error instanceof Error ? error.message : String(error)}`;
      this.#failed += 1;
      return this.#record(email, unsendableOutcome(email, clock.now(), why), last, attempt);
    }
    const result = await this.#handOver(session, email, content);
    if (result === undefined) return;
    const outcome = sendOutcome({
      email,
      result,
      at: clock.now(),
      maximumDeliveryAttempts: settings.maximumDeliveryAttempts,
    });
    if (result.kind === 'accepted') this.#processed += 1;
    if (outcome.label !== 'sent' && outcome.stop === undefined) this.#failed += 1;
    await this.#record(email, outcome, last, attempt);
  }

  /** Sends one message; again, once, where the connection turns out to have ended after the one before. */
  async #handOver(
    session: SmtpSession,
    email: OutgoingEmail,
    content: Uint8Array,
  ): Promise<SendResult | undefined> {
    const { store, lease, mailbox } = this.#context;
    let fenced = false;
    const send = async (over: SmtpSession): Promise<SendResult> => {
      const { to, unsendable } = envelopeOf(email, over.takesUtf8Addresses);
      if (to.length === 0) return nobodyToAsk(unsendable);
      const result = await over.send({
        from: wireAddress(mailbox.emailAddress) ?? mailbox.emailAddress,
        to,
        content,
        beforeHandOver: async () => {
          const marked = await store.markHanded(lease, email.id);
          fenced = !marked;
          return marked;
        },
      });
      return { ...result, recipients: [...result.recipients, ...unsendable] };
    };
    const answeredBefore = session.answered > 0;
    let result = await send(session);
    if (answeredBefore && endedBetweenMessages(result)) {
      const fresh = await this.#ready(true);
      if (fresh !== undefined) result = await send(fresh);
    }
    if (fenced) {
      this.#over = true;
      return undefined;
    }
    return result;
  }

  /** A session a message may be tried on; `undefined` when none can be had, which ends the cycle. */
  async #ready(renew = false): Promise<SmtpSession | undefined> {
    const { profile, mailbox, connector, clock, signal, settings } = this.#context;
    const current = this.#session;
    if (current?.alive && !renew && (!current.needsReset || (await current.reset()))) return current;
    this.#session = undefined;
    if (current !== undefined && !(await current.leave())) this.#lingering = true;
    const password = await this.#secret();
    if (password === undefined) return undefined;
    try {
      this.#session = await SmtpSession.open({
        server: profile.outgoing,
        credential: mailbox.credential,
        secret: password,
        connector,
        clock,
        signal,
        timeouts: {
          silenceMs: profile.timeoutMailboxConnectionAfterMs,
          finalDotMs: settings.smtpFinalDotTimeoutMs,
        },
      });
      return this.#session;
    } catch (error) {
      if (!(error instanceof SmtpFailure)) throw error;
      if (error.lingering) this.#lingering = true;
      this.#stop(error.trouble.cause === 'aborted' ? undefined : classifyTrouble(error.trouble));
      return undefined;
    }
  }

  async #secret(): Promise<string | undefined> {
    try {
      return await this.#context.secret();
    } catch (error) {
      if (error instanceof SyncError) {
        this.#stop(error.classified);
        return undefined;
      }
      const text = error instanceof Error ? error.message : String(error);
      this.#stop({ class: 'config', code: 'secret-unavailable', text, phase: 'auth' });
      return undefined;
    }
  }

  async #record(email: OutgoingEmail, outcome: SendOutcome, last: boolean, attempt: number): Promise<void> {
    const { store, lease, observe, end, mailbox } = this.#context;
    const { label, stop } = outcome;
    const record = this.#filesCopies ? withCopy(outcome.record, mailbox) : outcome.record;
    if (stop !== undefined) this.#stop(stop.code === 'cycle-aborted' ? undefined : stop);
    const ends = !this.#filesCopies && (last || stop !== undefined);
    const cycleEnd = ends ? end(this.#result()) : undefined;
    if (!(await store.recordSend(lease, record, cycleEnd))) {
      this.#over = true;
      return;
    }
    this.#ended = cycleEnd;
    observe({ kind: 'commit', unit: 'outgoing', mailboxId: mailbox.id, writes: 1 });
    observe({ kind: 'send', mailboxId: mailbox.id, emailId: email.id, outcome: label, attempt });
    for (const { code, severity } of record.alerts)
      observe({ kind: 'alert', mailboxId: mailbox.id, code, severity });
  }

  #stop(error: ClassifiedError | undefined): void {
    this.#over = true;
    this.#more = true;
    this.#error ??= error;
  }

  #result(): { processed: number; failed: number; error: ClassifiedError | undefined; more: boolean } {
    return { processed: this.#processed, failed: this.#failed, error: this.#error, more: this.#more };
  }
}

/** Somebody has the message: from this commit on its copy is due, or known not to be wanted. */
function withCopy(record: SendRecord, { saveSentCopy = true }: Mailbox): SendRecord {
  if (!record.recipients.some(({ outcome }) => outcome === 'accepted')) return record;
  return { ...record, sentCopy: saveSentCopy ? 'due' : 'not-wanted' };
}

/** A connection that was good for the message before and gone at this one: an idle or per-connection limit. */
function endedBetweenMessages(result: SendResult): boolean {
  if (result.kind === 'not-handed') {
    const { phase, cause } = result.trouble;
    return cause === 'lost' && (phase === 'mail' || phase === 'rcpt' || phase === 'data');
  }
  return result.kind === 'refused' && classifyTrouble(result.trouble).code === 'smtp-connection-timeout';
}

function nobodyToAsk(unsendable: SendResult['recipients']): SendResult {
  const first = unsendable[0]?.refusal ?? {
    code: 554,
    enhanced: '5.5.1',
    text: 'The email has no recipient',
  };
  return {
    kind: 'refused',
    trouble: { phase: 'rcpt', reply: first, cause: 'local', error: undefined },
    recipients: unsendable,
  };
}
