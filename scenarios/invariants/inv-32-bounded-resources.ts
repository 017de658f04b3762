import { type Invariant, Violations } from './invariant.ts';

export const boundedResources: Invariant = {
  id: 'INV-32',
  name: 'bounded resources',
  statement: 'A cycle processes no more messages than its bound allows.',
  create(run) {
    const found = new Violations('INV-32', run.nowMs);
    let exercised = 0;
    return {
      onEvent(event) {
        if (event.kind !== 'cycle-end' || event.items === 0) return;
        const bound =
          event.workload === 'incoming'
            ? run.settings.incomingMaximumEmailsPerCycle
            : run.settings.backgroundSendBatchSize;
        if (event.items >= bound) exercised += 1;
        if (event.items > bound) {
          found.add(
            `a ${event.workload} cycle of ${event.mailbox} processed ${event.items} messages, ${bound} are allowed`,
            event.atMs,
          );
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
