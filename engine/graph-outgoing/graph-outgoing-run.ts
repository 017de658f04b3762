import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import { GraphFailure } from '../graph/graph-failure.ts';
import { wireAddress } from '../outgoing/envelope.ts';
import type { AbandonedEmail, Leftover, OutgoingEmail } from '../records/email.ts';
import type { ExchangeGraphProfile } from '../records/email-server-profile.ts';
import type { CycleContext, CycleResult } from '../schedule/cycle.ts';
import { type DraftPlace, GraphDrafts, isGone } from './graph-drafts.ts';
import { type GraphOutcome, GraphOutcomes } from './graph-outcome.ts';

/** What was sent is not looked for in Sent Items, to be removed, for ever; nor is a draft. Ours. */
const tidyForMs = 24 * 3_600_000;

interface Attempt {
  readonly email: OutgoingEmail;
  /** This one included. */
  readonly nth: number;
}

/** Trouble of the service at one row, which may be the row's own: decided by how the next one fares. */
interface Suspended extends Attempt {
  readonly failure: GraphFailure;
}

export class GraphOutgoingRun {
  #processed = 0;
  #failed = 0;
  #error: ClassifiedError | undefined;
  #more = false;
  /** Nothing more is to be written or sent: the lease was lost, the trouble is general, or we were told to stop. */
  #over = false;
  #suspended: Suspended | undefined;
  readonly #context: CycleContext<ExchangeGraphProfile>;
  readonly #drafts: GraphDrafts;
  readonly #outcomes: GraphOutcomes;

  constructor(context: CycleContext<ExchangeGraphProfile>) {
    const { graph, mailbox, profile, secret, signal, settings } = context;
    this.#context = context;
    this.#drafts = new GraphDrafts(graph.client({ mailbox, profile, secret, signal, settings }));
    this.#outcomes = new GraphOutcomes({
      maximumDeliveryAttempts: settings.maximumDeliveryAttempts,
      keepsSentCopy: settings.sssSaveOutgoingEmailToExchangeSentFolder,
    });
  }

  result(): CycleResult {
    return { processed: this.#processed, failed: this.#failed, error: this.#error, more: this.#more };
  }

  async settleAbandoned(): Promise<void> {
    const { store, lease, clock } = this.#context;
    for (const email of await store.abandonedSending(lease)) {
      if (email.handed) await this.#settle(email);
      else await this.#record(email, this.#outcomes.notTaken(email, clock.now()), email.deliveryAttempts);
      if (this.#over) return;
    }
  }

  async sendBatch(): Promise<void> {
    if (this.#over) return;
    const { store, mailbox, clock, settings, signal } = this.#context;
    const limit = Math.min(Math.max(settings.backgroundSendBatchSize, 1), 255);
    const rows = await store.pendingSend(mailbox.id, clock.now(), limit);
    this.#more = rows.length >= limit;
    for (const email of rows) {
      if (signal.aborted) this.#stop(undefined);
      if (this.#over) break;
      await this.#sendRow(email);
    }
    await this.#release(false);
  }

  /** Removes what rows that came to their end left in the mailbox. */
  async tidy(): Promise<void> {
    if (this.#over) return;
    const { store, lease, mailbox, clock } = this.#context;
    for (const left of await store.leftovers(mailbox.id)) {
      if (this.#context.signal.aborted) return;
      try {
        const done = await this.#remove(left);
        if (!done && clock.now() - left.since < tidyForMs) continue;
      } catch (error) {
        if (!(error instanceof SyncError)) throw error;
        if (isServiceTrouble(error)) return this.#stop(error.classified);
      }
      if (!(await store.clearLeftover(lease, left.emailId))) return;
    }
  }

  async #remove({ kind, draftId, messageId }: Leftover): Promise<boolean> {
    if (kind === 'sent-copy') {
      const id = await this.#drafts.sentCopy(messageId);
      if (id === undefined) return false;
      await this.#drafts.remove(id);
      return true;
    }
    const place = await this.#drafts.look(draftId, messageId);
    if (place.kind === 'draft') await this.#drafts.remove(place.id);
    return true;
  }

  async #sendRow(email: OutgoingEmail): Promise<void> {
    const { store, lease, clock } = this.#context;
    if (!(await store.beginSending(lease, email.id, clock.now()))) {
      this.#over = true;
      return;
    }
    const attempt = { email, nth: email.deliveryAttempts + 1 };
    const pending = email.recipients.filter(({ outcome }) => outcome === 'pending');
    const to = new Set(
      pending.map(({ address }) => address).filter((address) => wireAddress(address) !== undefined),
    );
    const unsendable = new Set(pending.map(({ address }) => address).filter((address) => !to.has(address)));
    if (to.size === 0) {
      const why = 'There is no address that mail can be sent to.';
      return this.#record(email, this.#outcomes.unsendable(email, clock.now(), why), attempt.nth);
    }
    let ready: DraftPlace;
    try {
      ready = await this.#ready(email, to);
    } catch (error) {
      return this.#failedAt(attempt, error);
    }
    if (this.#over || ready.kind === 'nowhere') return;
    if (ready.kind === 'sent') return this.#accepted(attempt, 'It was sent before.', unsendable);
    await this.#handOver(attempt, ready.id, unsendable);
  }

  /**
   * Makes a draft whole and stores its id: the one there is, or a new one. A row that was handed over before never gets
   * a second draft: when its own is nowhere, it is looked for again at the next cycle.
   */
  async #ready(email: OutgoingEmail, to: ReadonlySet<string>): Promise<DraftPlace> {
    const { store, lease } = this.#context;
    const begunBefore = email.attemptedOn !== undefined;
    const place: DraftPlace = begunBefore
      ? await this.#drafts.look(email.draftId, email.messageId)
      : { kind: 'nowhere' };
    if (place.kind === 'sent') return place;
    if (place.kind === 'nowhere' && email.handedOn !== undefined) {
      this.#over = !(await store.markHanded(lease, email.id, email.handedOn));
      return place;
    }
    const id = place.kind === 'draft' ? place.id : await this.#drafts.create(email, to);
    if (id !== email.draftId && !(await store.markDraft(lease, email.id, id))) this.#over = true;
    if (this.#over) return { kind: 'draft', id };
    if (place.kind === 'draft') await this.#drafts.address(id, email, to);
    await this.#drafts.attach(id, email, place.kind === 'nowhere');
    return { kind: 'draft', id };
  }

  async #handOver(attempt: Attempt, draftId: string, unsendable: ReadonlySet<string>): Promise<void> {
    const { store, lease, clock, signal } = this.#context;
    const { email } = attempt;
    if (signal.aborted) return this.#stop(undefined);
    const handedOn = clock.now();
    if (!(await store.markHanded(lease, email.id, handedOn))) {
      this.#over = true;
      return;
    }
    try {
      const { status } = await this.#drafts.send(draftId);
      return await this.#accepted(attempt, `${status} Accepted`, unsendable);
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      // The status is the answer; what was to follow it is of no account.
      if (error instanceof GraphFailure && error.status === 202)
        return this.#accepted(attempt, '202 Accepted', unsendable);
      if (isGone(error) && email.handedOn === undefined) await this.#forgetDraft(email);
      if (!(await this.#mayBeSent(email, draftId, error))) return this.#failedAt(attempt, error);
      if (error.classified.code === 'cycle-aborted') return this.#stop(undefined);
      const handed = { ...email, deliveryAttempts: attempt.nth, draftId, handedOn, handed: true, looks: 0 };
      const settled = await this.#settle(handed);
      if (!settled && isServiceTrouble(error)) this.#unwell(error.classified);
    }
  }

  /** A refusal is believed, but where the row was handed over before it may be one of a message that has gone. */
  async #mayBeSent(email: OutgoingEmail, draftId: string, error: SyncError): Promise<boolean> {
    if (error instanceof GraphFailure && error.sent === 'unknown') return true;
    if (email.handedOn === undefined || isServiceTrouble(error)) return false;
    if (isGone(error)) return true;
    try {
      return (await this.#drafts.look(draftId, email.messageId)).kind !== 'draft';
    } catch (trouble) {
      if (trouble instanceof SyncError) return true;
      throw trouble;
    }
  }

  /** The draft is not there, and was never sent: somebody has deleted it. */
  async #forgetDraft({ id }: OutgoingEmail): Promise<void> {
    const { store, lease } = this.#context;
    await store.markDraft(lease, id, undefined);
    await store.markHanded(lease, id, undefined);
  }

  /**
   * Looks for a row that was handed over and not answered for, and decides when there is enough to see. Resolves with
   * whether it did.
   */
  async #settle(email: AbandonedEmail): Promise<boolean> {
    const { store, lease, clock, settings } = this.#context;
    const { draftId, messageId, handedOn = 0, looks = 0, deliveryAttempts } = email;
    const age = (): number => clock.now() - handedOn;
    let found: DraftPlace['kind'] | 'unseen' = 'unseen';
    try {
      found = (await this.#drafts.look(draftId, messageId)).kind;
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      if (isServiceTrouble(error)) this.#stop(error.classified);
      if (error.classified.class === 'throttled' || age() < tidyForMs) return false;
    }
    if (found === 'sent') {
      await this.#accepted({ email, nth: deliveryAttempts }, 'It was found sent.', new Set());
      return true;
    }
    const enough = looks + 1 >= settings.sendEvidenceLooks;
    if (enough && age() >= (found === 'draft' ? settings.sendEvidenceGraceMs : settings.sendEvidenceForMs)) {
      const now = clock.now();
      const outcome =
        found === 'draft' ? this.#outcomes.notTaken(email, now) : this.#outcomes.uncertain(email, now);
      await this.#record(email, outcome, deliveryAttempts);
      return true;
    }
    if (!(await store.countLook(lease, email.id))) this.#over = true;
    return false;
  }

  async #accepted({ email, nth }: Attempt, reply: string, unsendable: ReadonlySet<string>): Promise<void> {
    this.#processed += 1;
    await this.#record(
      email,
      this.#outcomes.accepted(email, this.#context.clock.now(), reply, unsendable),
      nth,
    );
    await this.#release(true);
  }

  /** It certainly was not sent. */
  async #failedAt(attempt: Attempt, error: unknown): Promise<void> {
    const { clock } = this.#context;
    const { email, nth } = attempt;
    if (!(error instanceof SyncError)) throw error;
    const failure = error instanceof GraphFailure ? error : unsent(error);
    const { classified } = failure;
    if (classified.code === 'cycle-aborted') {
      this.#stop(undefined);
      return this.#record(email, this.#outcomes.notSent(email, clock.now(), failure, nth, true), nth);
    }
    if (!isServiceTrouble(failure)) {
      this.#failed += 1;
      return this.#record(email, this.#outcomes.notSent(email, clock.now(), failure, nth, false), nth);
    }
    if (classified.class === 'transient' && this.#suspended === undefined) {
      this.#suspended = { ...attempt, failure };
      return;
    }
    this.#stop(classified);
    await this.#record(email, this.#outcomes.notSent(email, clock.now(), failure, nth, true), nth);
  }

  /** The service failed at one row and `works` at the next: the trouble was the row's, and costs it an attempt. */
  async #release(works: boolean): Promise<void> {
    const suspended = this.#suspended;
    this.#suspended = undefined;
    if (suspended === undefined) return;
    const { email, nth, failure } = suspended;
    if (works) this.#failed += 1;
    else this.#unwell(failure.classified);
    const outcome = this.#outcomes.notSent(email, this.#context.clock.now(), failure, nth, !works);
    await this.#record(email, outcome, nth);
  }

  async #record(email: OutgoingEmail, { record, label }: GraphOutcome, attempt: number): Promise<void> {
    const { store, lease, observe, mailbox } = this.#context;
    if (!(await store.recordSend(lease, record))) {
      this.#over = true;
      return;
    }
    observe({ kind: 'commit', unit: 'outgoing', mailboxId: mailbox.id, writes: 1 });
    observe({ kind: 'send', mailboxId: mailbox.id, emailId: email.id, outcome: label, attempt });
    if (label === 'failed' || label === 'uncertain') this.#failed += record.error === undefined ? 1 : 0;
    for (const { code, severity } of record.alerts)
      observe({ kind: 'alert', mailboxId: mailbox.id, code, severity });
  }

  /** The cycle goes on, and is marred. */
  #unwell(error: ClassifiedError): void {
    this.#error ??= error;
  }

  #stop(error: ClassifiedError | undefined): void {
    this.#over = true;
    this.#more = true;
    this.#error ??= error;
  }
}

/** About the server, the account or the connection, so that other rows would fare the same. */
function isServiceTrouble(error: SyncError): boolean {
  return !(error instanceof GraphFailure) || error.classified.scope === 'service';
}

/** There was no token to send it with. */
function unsent({ classified, cause }: SyncError): GraphFailure {
  return new GraphFailure({ ...classified, scope: 'service' }, { sent: 'no' }, { cause });
}
