import type { Workload } from '../../engine/records/mailbox.ts';
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
