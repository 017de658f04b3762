import type { Scenario } from '../scenario.ts';
import { type Invariant, Violations } from './invariant.ts';

/** What a server may need to answer, beside the way there and back. */
const serverMs = 2_000;

/** What files copies in Sent over IMAP, and nothing else does. */
const filing: ReadonlySet<string> = new Set(['APPEND', 'CREATE', 'SUBSCRIBE']);
/** How long a refused copy waits at least, however short the window is. */
const copyMs = 60_000;

/** A program that leaves is gone within so long. */
const goodbyeMs = 60_000;

/** Commands that ask for nothing but the end. */
const leaving: ReadonlySet<string> = new Set(['QUIT', 'LOGOUT']);

export const throttleObedience: Invariant = {
  id: 'INV-17',
  name: 'throttle obedience',
  statement:
    'After its k-th refusal in a row a mailbox stays away from that server for 0.8 × min(first wait × 2^(k-1), cap) at least, and where the server told a time (Graph) until then, by the commands the server saw. Over IMAP the copies in Sent have a wait of their own, a minute or a window at least.',
  create(run) {
    const found = new Violations('INV-17', run.nowMs);
    /** By protocol and mailbox address: until when it has to stay away, and how often it was refused in a row. */
    const awayUntil = new Map<string, number>();
    const refusals = new Map<string, number>();
    const refusedNow = new Set<string>();
    /** Over Graph, by mailbox address: the time it was told, and since when it knows. */
    const told = new Map<string, { readonly untilMs: number; readonly knownMs: number }>();
    const roundTripMs = 2 * longest(run.scenario.latencyMs) + serverMs;
    let exercised = 0;
    /** By mailbox address: the workloads whose cycles run. */
    const running = new Map<string, Set<string>>();
    const protocolOf = (workload: string, mailbox: string) => {
      if (workload !== 'incoming') return 'smtp';
      return run.byId.get(mailbox)?.access === 'imap-smtp' ? 'imap' : 'pop3';
    };
    const { throttleBackoffMs, throttleBackoffMaxMs, outgoingWindowMs } = run.settings;
    /** For whom something was said to a server; undefined where two cycles speak IMAP and either may have said it. */
    const speakerOf = (protocol: string, address: string, command?: string): string | undefined => {
      const cycles = running.get(address);
      if (protocol !== 'imap' || cycles?.has('outgoing') !== true) return `${protocol} ${address}`;
      const forCopies = !cycles.has('incoming') || filing.has(command ?? '');
      return forCopies ? copiesOf(address) : undefined;
    };
    /** While another program of the owner is signed in, nobody can tell whom the server refuses. */
    const shared = run.scenario.operations.flatMap((operation) =>
      operation.do === 'second-client'
        ? [
            {
              address: run.byId.get(operation.mailbox)?.address,
              from: operation.atMs,
              forMs: operation.forMs,
            },
          ]
        : [],
    );
    const isShared = (address: string, protocol: string, atMs: number): boolean =>
      protocol !== 'smtp' &&
      shared.some(
        (one) => one.address === address && atMs >= one.from && atMs <= one.from + one.forMs + goodbyeMs,
      );
    const cameBack = (key: string, atMs: number): void => {
      const until = awayUntil.get(key);
      if (until === undefined) return;
      awayUntil.delete(key);
      exercised += 1;
      if (atMs < until) found.add(`${key} was asked again ${Math.round(until - atMs)} ms too early`, atMs);
    };
    const refuse = (key: string | undefined, atMs: number): void => {
      if (key === undefined) return;
      cameBack(key, atMs);
      refusedNow.add(key);
    };
    return {
      onEvent(event) {
        switch (event.kind) {
          case 'throttle':
            if (event.mailbox === undefined || event.breach === 'delay') return;
            if (event.protocol === 'graph') {
              if (event.retryAtMs === undefined) return;
              const untilMs = event.retryAtMs - run.startMs;
              told.set(event.mailbox, { untilMs, knownMs: event.atMs + roundTripMs });
              return;
            }
            if (!isShared(event.mailbox, event.protocol, event.atMs))
              refuse(speakerOf(event.protocol, event.mailbox), event.atMs);
            return;
          case 'accepted':
            refusals.delete(`${event.protocol} ${event.mailbox}`);
            return;
          case 'engine':
            if (event.what === 'died') running.clear();
            return;
          case 'cycle-start': {
            const address = run.byId.get(event.mailbox)?.address ?? '';
            const cycles = running.get(address);
            if (cycles === undefined) running.set(address, new Set([event.workload]));
            else cycles.add(event.workload);
            return;
          }
          case 'cycle-end': {
            const address = run.byId.get(event.mailbox)?.address ?? '';
            running.get(address)?.delete(event.workload);
            if (event.workload === 'outgoing' && refusedNow.delete(copiesOf(address)))
              awayUntil.set(copiesOf(address), event.atMs + 0.8 * Math.min(copyMs, outgoingWindowMs));
            const key = `${protocolOf(event.workload, event.mailbox)} ${address}`;
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
              for (const protocol of ['pop3', 'imap', 'smtp'])
                awayUntil.delete(`${protocol} ${mailbox.address}`);
              awayUntil.delete(copiesOf(mailbox.address));
            }
            return;
          case 'command': {
            // The connection that was throttled is closed after the cycle's end.
            if (event.mailbox === undefined || leaving.has(event.command)) return;
            if (event.protocol === 'graph') {
              const wait = told.get(event.mailbox);
              // What had left before the refusal came back was not told of it.
              if (wait === undefined || event.atMs <= wait.knownMs) return;
              told.delete(event.mailbox);
              exercised += 1;
              if (event.atMs < wait.untilMs) {
                const earlyMs = Math.round(wait.untilMs - event.atMs);
                found.add(
                  `graph was asked for ${event.mailbox} again ${earlyMs} ms before the time it told`,
                  event.atMs,
                );
              }
              return;
            }
            const key = speakerOf(event.protocol, event.mailbox, event.command);
            if (key === undefined) return;
            if (isShared(event.mailbox, event.protocol, event.atMs)) awayUntil.delete(key);
            cameBack(key, event.atMs);
            // A server of mailboxes that takes somebody in has done what it refused; SMTP says so with `accepted`.
            if (event.protocol !== 'smtp' && !refusedNow.has(key)) refusals.delete(key);
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

const copiesOf = (address: string): string => `copies over imap ${address}`;

function longest(latencyMs: Scenario['latencyMs']): number {
  if (typeof latencyMs === 'number') return latencyMs;
  return 'toMs' in latencyMs ? latencyMs.toMs : 2 * latencyMs.p99Ms;
}
