import type { Workload } from '../../engine/records/mailbox.ts';
import { doorMessageId, subjectOf } from '../run/message.ts';
import type { EngineFacts, RunMailbox, RunView } from '../run/run-view.ts';
import type { TrueMessage } from '../run/truth.ts';

/** Whether a synchronous plug-in of the scenario refuses this message whatever happens. */
export function isPoison(run: RunView, message: TrueMessage): boolean {
  return run.scenario.plugIns.some(
    (plugIn) =>
      plugIn.mode === 'synchronous' &&
      plugIn.refusesSubject !== undefined &&
      message.subject.startsWith(plugIn.refusesSubject),
  );
}

/**
 * How many of a server's messages with the same bytes must be found again, each by itself. Where fetched mail is hidden,
 * or identities went wrong, equal bytes may be one message come back or a second copy of it: nobody can tell.
 */
export function distinct(run: RunView, alike: readonly TrueMessage[]): number {
  const present = alike.filter((message) => message.removedAtMs === undefined);
  const doubtful =
    run.scenario.rules.some(
      // A listing with other bytes in it names other messages.
      ({ where, what }) =>
        what.kind === 'flip' ||
        (what.kind === 'corrupt' && (where.command === 'UIDL' || where.command === 'LIST')),
    ) || present.some((message) => message.hiddenOnceFetched);
  return doubtful ? Math.min(1, present.length) : present.length;
}

/** Whether a program of the owner sent the message itself, through a door of the server. */
export function sentByOwner(run: RunView, messageId: string): boolean {
  return run.performed.some(
    ({ operation }) =>
      operation.do === 'use-door' && operation.act === 'send' && messageId === doorMessageId(operation.id),
  );
}

/** Whether a program of the owner deleted the message itself, or moved it by copying it, through a door of the server. */
export function deletedByOwner(run: RunView, message: TrueMessage): boolean {
  return run.performed.some(
    ({ operation }) =>
      operation.do === 'use-door' &&
      (operation.act === 'delete' || operation.act === 'move') &&
      operation.of !== undefined &&
      message.subject === subjectOf({ of: operation.of, nth: operation.nth }),
  );
}

/** How many messages that can never be delivered must be in a mailbox's quarantine. */
export function poisonOf(run: RunView, mailbox: RunMailbox): number {
  let count = 0;
  for (const alike of byContent(run.truth.ever(mailbox.address)).values()) {
    count += distinct(
      run,
      alike.filter((message) => isPoison(run, message)),
    );
  }
  return count;
}

/** Whether a message must come to be in the store while it is on the server. */
export function mustBeStored(run: RunView, message: TrueMessage): boolean {
  return (
    message.shown &&
    message.sizeBytes <= run.settings.incomingEmailMaximumSizeLimitBytes &&
    !isPoison(run, message)
  );
}

/** Messages by the hash of their bytes, in the order of arrival. */
export function byContent(messages: readonly TrueMessage[]): Map<string, TrueMessage[]> {
  const groups = new Map<string, TrueMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.sha256);
    if (group === undefined) groups.set(message.sha256, [message]);
    else group.push(message);
  }
  return groups;
}

/** How often each content is in a mailbox's store, by hash. */
export function storedOf(facts: EngineFacts, mailbox: RunMailbox): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rawSha256 } of facts.received.get(mailbox.id) ?? []) {
    counts.set(rawSha256, (counts.get(rawSha256) ?? 0) + 1);
  }
  return counts;
}

/** Whether a workload is on at the end, so that everything it is for must have been done. */
export function isEnabled(facts: EngineFacts, mailbox: RunMailbox, workload: Workload): boolean {
  return facts.states.some(
    (state) => state.mailboxId === mailbox.id && state.workload === workload && state.enabled,
  );
}

/** Whether all mail of a mailbox must be in the store: incoming is on, and the run had come to rest. */
export function stillReceives(run: RunView, facts: EngineFacts, mailbox: RunMailbox): boolean {
  return run.settledAtMs !== undefined && mailbox.incoming && isEnabled(facts, mailbox, 'incoming');
}

/** The last operation that switched a workload on or off, if any: the application's own wish. */
export function wishedOff(run: RunView, mailbox: RunMailbox, workload: Workload): boolean {
  let off = workload === 'incoming' ? !mailbox.incoming : !mailbox.outgoing;
  for (const { operation } of run.performed) {
    if ((operation.do === 'disable' || operation.do === 'enable') && operation.mailbox === mailbox.id) {
      if (operation.workload === workload) off = operation.do === 'disable';
    }
  }
  return off;
}
