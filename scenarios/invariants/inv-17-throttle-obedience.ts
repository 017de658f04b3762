import { type Invariant, Violations } from './invariant.ts';

export const throttleObedience: Invariant = {
  id: 'INV-17',
  name: 'throttle obedience',
  statement:
    'After its k-th refusal in a row a mailbox stays away from that server for 0.8 × min(first wait × 2^(k-1), cap) at least, by the commands the server saw.',
  create(run) {
    const found = new Violations('INV-17', run.nowMs);
    /** By protocol and mailbox address: until when it has to stay away, and how often it was refused in a row. */
    const awayUntil = new Map<string, number>();
    const refusals = new Map<string, number>();
    const refusedNow = new Set<string>();
    let exercised = 0;
    const protocolOf = (workload: string) => (workload === 'incoming' ? 'pop3' : 'smtp');
    const { throttleBackoffMs, throttleBackoffMaxMs } = run.settings;
    const cameBack = (key: string, atMs: number): void => {
      const until = awayUntil.get(key);
      if (until === undefined) return;
      awayUntil.delete(key);
      exercised += 1;
      if (atMs < until) found.add(`${key} was asked again ${Math.round(until - atMs)} ms too early`, atMs);
    };
    return {
      onEvent(event) {
        switch (event.kind) {
          case 'throttle':
            if (event.mailbox === undefined || event.breach === 'delay') return;
            cameBack(`${event.protocol} ${event.mailbox}`, event.atMs);
            refusedNow.add(`${event.protocol} ${event.mailbox}`);
            return;
          case 'accepted':
            refusals.delete(`${event.protocol} ${event.mailbox}`);
            return;
          case 'cycle-end': {
            const key = `${protocolOf(event.workload)} ${run.byId.get(event.mailbox)?.address}`;
            if (!refusedNow.delete(key)) {
              if (event.items > 0) refusals.delete(key);
              return;
            }
            const before = refusals.get(key) ?? 0;
            refusals.set(key, before + 1);
            awayUntil.set(
              key,
              event.atMs + 0.8 * Math.min(throttleBackoffMs * 2 ** before, throttleBackoffMaxMs),
            );
            return;
          }
          case 'operation':
            // Switching on again forgets the wait; "sync now" does not reach into it.
            if (event.operation !== 'enable' && event.operation !== 'change-password') return;
            for (const mailbox of run.mailboxes) {
              if (mailbox.id !== event.mailbox) continue;
              awayUntil.delete(`pop3 ${mailbox.address}`);
              awayUntil.delete(`smtp ${mailbox.address}`);
            }
            return;
          case 'command': {
            // The connection that was throttled is closed after the cycle's end.
            if (event.mailbox === undefined || event.command === 'QUIT') return;
            const key = `${event.protocol} ${event.mailbox}`;
            cameBack(key, event.atMs);
            // A POP3 server that takes somebody in has done what it refused before; SMTP says so with `accepted`.
            if (event.protocol === 'pop3' && !refusedNow.has(key)) refusals.delete(key);
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
