import { type Invariant, Violations } from './invariant.ts';

export const connectionCap: Invariant = {
  id: 'INV-16',
  name: 'connection cap',
  statement:
    'The connections a server has open, those it has not noticed to be dead among them, never exceed maxConcurrentConnections, counted by the server.',
  create(run) {
    let exercised = 0;
    return {
      atEnd() {
        const found = new Violations('INV-16', run.nowMs);
        for (const { domain, maxConcurrentConnections: cap } of run.scenario.providers) {
          // A second client is not the engine's, and comes on top.
          const second = run.scenario.operations.filter(
            (operation) =>
              operation.do === 'second-client' && run.byId.get(operation.mailbox)?.domain === domain,
          ).length;
          for (const { protocol, peakOpen } of run.truth.servers(domain)) {
            const allowed = cap + (protocol === 'smtp' ? 0 : second);
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
