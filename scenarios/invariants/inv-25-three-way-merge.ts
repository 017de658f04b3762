import { flagPace } from '../../engine/imap-flags/flag-pace.ts';
import { flagNames } from '../../engine/records/email-flags.ts';
import type { FlagChange } from '../run/flag-change.ts';
import { sharedFlags } from '../run/shared-flags.ts';
import { type Invariant, Violations } from './invariant.ts';
import { stillReceives } from './scope.ts';

/** A change is known to the engine when a good cycle began so long after it: a server that tells nothing is asked by then. */
const knownAfterMs = flagPace.askAllMs + 10 * 60_000;

export const threeWayMerge: Invariant = {
  id: 'INV-25',
  name: 'three-way merge',
  statement:
    'In the end mailbox and record have the same flags, each as the last to change it left it; where owner and application changed it without a good cycle between, as one of them did. What nobody changed is as it was.',
  create(run) {
    /** By mailbox: good incoming cycles, by when they began and ended, of those no fault was met in since the one before. */
    const good = new Map<string, { readonly fromMs: number; readonly untilMs: number }[]>();
    const begun = new Map<string, number>();
    const faults: number[] = [];
    let exercised = 0;

    /** Whether both sides had the first change before the second one was made. */
    const wasKnown = (first: FlagChange, second: FlagChange): boolean => {
      const until = second.fromMs;
      return (good.get(first.mailbox) ?? []).some(
        ({ fromMs, untilMs }) =>
          fromMs >= first.untilMs + knownAfterMs &&
          untilMs < until &&
          !faults.some((atMs) => atMs >= first.fromMs && atMs <= untilMs),
      );
    };

    return {
      onEvent(event) {
        if (event.kind === 'fault') faults.push(event.atMs);
        if (event.kind === 'engine' && event.what === 'died') faults.push(event.atMs);
        if (event.kind === 'cycle-start' && event.workload === 'incoming')
          begun.set(event.mailbox, event.atMs);
        if (event.kind !== 'cycle-end' || event.workload !== 'incoming' || event.outcome !== 'success')
          return;
        if (run.byId.get(event.mailbox)?.synchronizeFlags !== true) return;
        const cycles = good.get(event.mailbox) ?? [];
        cycles.push({ fromMs: begun.get(event.mailbox) ?? event.atMs, untilMs: event.atMs });
        good.set(event.mailbox, cycles);
      },
      atEnd(facts) {
        const found = new Violations('INV-25', run.nowMs);
        for (const mailbox of run.mailboxes) {
          if (!mailbox.synchronizeFlags || !stillReceives(run, facts, mailbox)) continue;
          const changes = run.flagChanges.filter((change) => change.mailbox === mailbox.id);
          for (const { subject, server, record } of sharedFlags(run, facts, mailbox))
            for (const flag of flagNames) {
              if (server[flag] !== record[flag]) {
                found.add(
                  `${flag} of "${subject}" of ${mailbox.id} is ${server[flag]} on the server and ${record[flag]} in the store`,
                );
                continue;
              }
              const ofIt = changes
                .filter((change) => change.subject === subject && change.flag === flag)
                .sort((a, b) => a.untilMs - b.untilMs);
              const last = ofIt.at(-1);
              const other = ofIt.findLast(({ by }) => by !== last?.by);
              if (last !== undefined) exercised += 1;
              const either = last !== undefined && other !== undefined && !wasKnown(other, last);
              if (server[flag] === (last?.value ?? false)) continue;
              if (either && server[flag] === other.value) continue;
              const who = last === undefined ? 'nobody' : `the ${last.by} at ${last.untilMs} ms`;
              found.add(
                `${flag} of "${subject}" of ${mailbox.id} is ${server[flag]}, and ${who} changed it last`,
              );
            }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};
