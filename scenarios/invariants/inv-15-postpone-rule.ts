import type { Operation } from '../operation.ts';
import { type Invariant, Violations } from './invariant.ts';

export const postponeRule: Invariant = {
  id: 'INV-15',
  name: 'postpone rule',
  statement:
    'After a cycle that went well the next one begins window milliseconds after its end: never before, except by "sync now", by switching on, by what a person has tracked, or after a restart; incoming also where the engine listens and something happened in the mailbox after the cycle began.',
  create(run) {
    const found = new Violations('INV-15', run.nowMs);
    const ended = new Map<string, number>();
    const listened = new Set(run.scenario.providers.flatMap(({ domain, hints }) => (hints ? [domain] : [])));
    /** By mailbox: when its last incoming cycle began, and when something happened in it last. */
    const began = new Map<string, number>();
    const happened = new Map<string, number>();
    const hinted = (mailbox: string, workload: string): boolean =>
      workload === 'incoming' &&
      listened.has(run.byId.get(mailbox)?.domain ?? '') &&
      (happened.get(mailbox) ?? Number.NEGATIVE_INFINITY) >= (began.get(mailbox) ?? 0);
    let exercised = 0;
    const windowMs = (workload: string) =>
      workload === 'incoming' ? run.settings.incomingWindowMs : run.settings.outgoingWindowMs;
    const bringsForward = (operation: Operation, mailbox: string, workload: string): boolean => {
      switch (operation.do) {
        case 'sync-now':
        case 'enable':
          return operation.mailbox === mailbox && operation.workload === workload;
        case 'track-folder':
        case 'track-message':
          return operation.mailbox === mailbox && workload === 'incoming';
        case 'change-password': {
          const [changed, other] = [run.byId.get(operation.mailbox), run.byId.get(mailbox)];
          // Over Graph the mailboxes of a domain share the secret.
          return changed === other || (changed?.access === 'graph' && changed.domain === other?.domain);
        }
        default:
          return false;
      }
    };
    const excused = (mailbox: string, workload: string, sinceMs: number) =>
      run.performed.some(
        ({ operation, doneAtMs }) =>
          (doneAtMs === undefined || doneAtMs >= sinceMs) && bringsForward(operation, mailbox, workload),
      );
    return {
      onEvent(event) {
        if (event.kind === 'delivered' || event.kind === 'removed') {
          const mailbox = run.byAddress.get(event.mailbox);
          if (mailbox !== undefined) happened.set(mailbox.id, event.atMs);
        }
        if (event.kind === 'operation' && event.mailbox !== undefined)
          happened.set(event.mailbox, event.atMs);
        if (event.kind === 'cycle-end') {
          const key = `${event.workload} ${event.mailbox}`;
          if (event.wait !== 'window') {
            ended.delete(key);
            return;
          }
          ended.set(key, event.atMs);
          const next = event.nextRunAtMs - run.startMs;
          if (next !== event.atMs + windowMs(event.workload)) {
            found.add(
              `${event.workload} of ${event.mailbox} ended at ${event.atMs} ms and comes again at ${next} ms, not ${windowMs(event.workload)} ms after its end`,
              event.atMs,
            );
          }
        }
        if (event.kind === 'cycle-start') {
          const key = `${event.workload} ${event.mailbox}`;
          const endMs = ended.get(key);
          const mayBegin = hinted(event.mailbox, event.workload);
          if (event.workload === 'incoming') began.set(event.mailbox, event.atMs);
          if (endMs === undefined) return;
          ended.delete(key);
          exercised += 1;
          const earliest = endMs + windowMs(event.workload);
          if (event.atMs < earliest && !mayBegin && !excused(event.mailbox, event.workload, endMs)) {
            found.add(
              `${event.workload} of ${event.mailbox} began ${earliest - event.atMs} ms inside its window`,
              event.atMs,
            );
          }
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
