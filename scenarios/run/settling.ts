import { EmailStatus } from '../../engine/records/email.ts';
import type { WorkloadState } from '../../engine/store/store.ts';
import type { Traced } from '../../simulators/index.ts';
import { byContent, distinct, isEnabled, mustBeStored, poisonOf, storedOf } from '../invariants/scope.ts';
import { type EngineFacts, type RunMailbox, type RunView, readFacts } from './run-view.ts';
import { agree, sharedFlags } from './shared-flags.ts';
import type { TrueMessage } from './truth.ts';

const maxReasons = 10;

/** Decides whether everything has converged, and says what is missing when it has not. */
export class Settling {
  readonly #run: RunView;
  /** How many cycles in a row since healing, begun after the last arrival, went well, by `workload mailbox`. */
  readonly #well = new Map<string, number>();
  readonly #startedMs = new Map<string, number>();
  /** By mailbox id: when the last message arrived on its server, or something was done to it. */
  readonly #arrivedMs = new Map<string, number>();
  #healed = false;

  constructor(run: RunView) {
    this.#run = run;
  }

  /** From here on cycles count. */
  heal(): void {
    this.#healed = true;
  }

  onEvent(event: Traced): void {
    switch (event.kind) {
      case 'engine':
        if (event.what === 'died') this.#well.clear();
        return;
      case 'delivered': {
        const id = this.#run.byAddress.get(event.mailbox)?.id;
        if (id === undefined) return;
        this.#arrivedMs.set(id, event.atMs);
        this.#well.delete(`incoming ${id}`);
        return;
      }
      // What somebody did to the mailbox has to be seen, too.
      case 'operation':
        if (event.mailbox === undefined) return;
        this.#arrivedMs.set(event.mailbox, event.atMs);
        this.#well.delete(`incoming ${event.mailbox}`);
        return;
      case 'cycle-start':
        this.#startedMs.set(`${event.workload} ${event.mailbox}`, event.atMs);
        return;
      case 'cycle-end': {
        const key = `${event.workload} ${event.mailbox}`;
        const sawAll =
          event.workload !== 'incoming' ||
          (this.#startedMs.get(key) ?? 0) > (this.#arrivedMs.get(event.mailbox) ?? -1);
        const well = this.#healed && sawAll && event.outcome === 'success' && event.wait === 'window';
        if (well) this.#well.set(key, (this.#well.get(key) ?? 0) + 1);
        // A limit that never ends throttles now and then for ever; that takes nothing back.
        else if (event.wait !== 'throttled') this.#well.delete(key);
        return;
      }
      default:
        return;
    }
  }

  #isWell(state: WorkloadState): boolean {
    // A walk through a folder that was under way tells what there was when it began; the next cycle tells the rest.
    return (this.#well.get(`${state.workload} ${state.mailboxId}`) ?? 0) >= (this.#walks(state) ? 2 : 1);
  }

  #walks({ mailboxId, workload }: WorkloadState): boolean {
    return workload === 'incoming' && this.#run.byId.get(mailboxId)?.access === 'graph';
  }

  /** What still has to happen, a sentence each; empty when everything has converged. */
  async reasons(): Promise<string[]> {
    const run = this.#run;
    const states = await run.store.workloadStates();
    const waiting: string[] = [];
    for (const state of states) {
      if (!state.enabled || waiting.length >= maxReasons) continue;
      if (state.workload === 'act') continue;
      // Where many share few connections there is always one under way; after one that went well it changes nothing.
      if (state.leaseOwner !== undefined && (this.#walks(state) || !this.#isWell(state))) {
        waiting.push(`the ${state.workload} cycle of ${state.mailboxId} is under way`);
        continue;
      }
      if (this.#isWell(state)) continue;
      const next = state.nextRunAt - run.startMs;
      waiting.push(
        `no ${state.workload} cycle of ${state.mailboxId} went well since healing (last: ${state.lastOutcome ?? 'none'}, next at ${next} ms, ${state.transientFailureCount} failures in a row)`,
      );
    }
    for (const { id, access } of run.mailboxes) {
      if (access !== 'graph' || waiting.length >= maxReasons) continue;
      const [mark] = await run.store.marksToWrite(id, 1);
      if (mark !== undefined) waiting.push(`the category of ${mark.itemId} of ${id} is not written yet`);
    }
    if (waiting.length > 0) return waiting;
    return missing(run, await readFacts(run.store, run.mailboxes));
  }
}

function missing(run: RunView, facts: EngineFacts): string[] {
  const reasons: string[] = [];
  for (const mailbox of run.mailboxes) {
    if (reasons.length >= maxReasons) break;
    if (mailbox.incoming && isEnabled(facts, mailbox, 'incoming'))
      reasons.push(...missingIn(run, facts, mailbox));
  }
  for (const row of facts.outgoing) {
    if (reasons.length >= maxReasons) break;
    const mailbox = run.byId.get(row.mailboxId);
    if (mailbox === undefined || !isEnabled(facts, mailbox, 'outgoing')) continue;
    if (row.status === EmailStatus.pendingSend || row.status === EmailStatus.sending) {
      const status = row.status === EmailStatus.sending ? 'Sending' : 'Pending Send';
      reasons.push(`record ${row.id} of ${mailbox.id} is ${status} after ${row.deliveryAttempts} attempts`);
    }
    const copy = row.sentCopy;
    if (copy?.state === 'due' || copy?.state === 'begun')
      reasons.push(
        `the copy of record ${row.id} is not in Sent after ${copy.attempts} attempts (${copy.reason})`,
      );
  }
  return reasons;
}

function missingIn(run: RunView, facts: EngineFacts, mailbox: RunMailbox): string[] {
  const stored = storedOf(facts, mailbox);
  const quarantined = facts.quarantine.filter((row) => row.mailboxId === mailbox.id).length;
  let missing = 0;
  let first: TrueMessage | undefined;
  for (const [sha256, alike] of byContent(run.truth.ever(mailbox.address))) {
    const must = distinct(
      run,
      alike.filter((message) => mustBeStored(run, message)),
    );
    const lacking = must - (stored.get(sha256) ?? 0);
    if (lacking <= 0) continue;
    missing += lacking;
    first ??= alike[0];
  }
  if (first !== undefined) {
    return [
      `${missing} messages of ${mailbox.address} are on the server and not in the store (first: ${first.id}, "${first.subject}"; ${quarantined} in quarantine)`,
    ];
  }
  const retried = [...(facts.ledgers.get(mailbox.id)?.values() ?? [])].filter((entry) => entry.retry).length;
  if (retried > 0) return [`${retried} messages of ${mailbox.address} in quarantine are to be tried again`];
  const apart = sharedFlags(run, facts, mailbox).filter((flags) => !agree(flags));
  const [unlike] = apart;
  if (unlike !== undefined)
    return [
      `the flags of ${apart.length} messages of ${mailbox.address} are others in the store (first: "${unlike.subject}")`,
    ];
  const poison = poisonOf(run, mailbox);
  return quarantined < poison
    ? [
        `${poison - quarantined} messages of ${mailbox.address} that cannot be delivered are not in quarantine yet`,
      ]
    : [];
}
