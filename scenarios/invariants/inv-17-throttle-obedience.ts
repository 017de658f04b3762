import { type Invariant, Violations } from './invariant.ts';

export const throttleObedience: Invariant = {
  id: 'INV-17',
  name: 'throttle obedience',
  statement:
    'After a cycle was throttled the mailbox stays away from that server for the wait it owes, by the commands the server saw.',
  create(run) {
    const found = new Violations('INV-17', run.nowMs);
    /** By mailbox address and protocol: until when it has to stay away. */
    const awayUntil = new Map<string, number>();
    const throttled = new Set<string>();
    let exercised = 0;
    const protocolOf = (workload: string) => (workload === 'incoming' ? 'pop3' : 'smtp');
    const shortestMs = run.settings.throttleBackoffMs * 0.8;
    return {
      onEvent(event) {
        switch (event.kind) {
          case 'throttle':
            if (event.mailbox !== undefined && event.breach !== 'delay') {
              throttled.add(`${event.protocol} ${event.mailbox}`);
            }
            return;
          case 'cycle-end': {
            const address = run.byId.get(event.mailbox)?.address;
            const key = `${protocolOf(event.workload)} ${address}`;
            if (throttled.delete(key)) awayUntil.set(key, event.atMs + shortestMs);
            return;
          }
          case 'operation':
            // A person who says "sync now" or corrects the mailbox takes the wait upon himself.
            for (const mailbox of run.mailboxes) {
              if (mailbox.id !== event.mailbox) continue;
              awayUntil.delete(`pop3 ${mailbox.address}`);
              awayUntil.delete(`smtp ${mailbox.address}`);
            }
            return;
          case 'command': {
            if (event.mailbox === undefined) return;
            const key = `${event.protocol} ${event.mailbox}`;
            const until = awayUntil.get(key);
            if (until === undefined) return;
            awayUntil.delete(key);
            exercised += 1;
            if (event.atMs < until) {
              found.add(
                `${event.mailbox} came back to ${event.protocol} ${until - event.atMs} ms too early (${event.command})`,
                event.atMs,
              );
            }
            return;
          }
          default:
            return;
        }
      },
      atEnd: () => found.list(),
      exercised: () => exercised,
    };
  },
};
