import type { RunView } from '../run/run-view.ts';
import { type Invariant, Violations } from './invariant.ts';

export const connectionCap: Invariant = {
  id: 'INV-16',
  name: 'connection cap',
  statement:
    'The connections a server has open never exceed maxConcurrentConnections, counted by the server; those a fault cut off in silence, which it alone still holds open, come on top.',
  create(run) {
    const cutOff = cutOffInSilence(run);
    const ghosts = new Map<string, number>();
    let exercised = 0;
    return {
      onEvent(event) {
        if (event.kind !== 'fault' || !cutOff.has(event.rule)) return;
        ghosts.set(event.protocol, (ghosts.get(event.protocol) ?? 0) + 1);
      },
      atEnd() {
        const found = new Violations('INV-16', run.nowMs);
        for (const { domain, maxConcurrentConnections: cap } of run.scenario.providers) {
          const second = run.scenario.operations.filter(
            (operation) =>
              operation.do === 'second-client' && run.byId.get(operation.mailbox)?.domain === domain,
          ).length;
          for (const { protocol, peakOpen } of run.truth.servers(domain)) {
            const allowed = cap + (protocol === 'smtp' ? 0 : second) + (ghosts.get(protocol) ?? 0);
            if (peakOpen >= cap) exercised += 1;
            if (peakOpen > allowed) {
              found.add(
                `${protocol} of ${domain} had ${peakOpen} connections open at once, ${allowed} are allowed`,
              );
            }
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};

/** Rules whose fault makes a client vanish without a word to the server. */
function cutOffInSilence(run: RunView): Set<string> {
  const rules = run.scenario.rules.filter(
    ({ what }) => what.kind === 'half-open' || ('end' in what && what.end === 'half-open'),
  );
  return new Set(rules.map((rule) => rule.id));
}
