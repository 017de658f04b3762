import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from './event.ts';
import { WorldTrace } from './world-trace.ts';

// Policy: every event counts for the digest, with its time and in its order; what is kept or who listens does not.

const events: TraceEvent[] = [
  { kind: 'connect', protocol: 'pop3', connection: 'pop3#1', from: '10.0.0.2', encrypted: false },
  { kind: 'command', protocol: 'pop3', connection: 'pop3#1', command: 'USER', argument: 'a' },
  { kind: 'commit', unit: 'incoming', mailbox: undefined, writes: 3 },
];

function traceOf(
  list: readonly TraceEvent[],
  options: { keep?: number; stepMs?: number; listen?: boolean } = {},
) {
  let nowMs = 1_000_000;
  const trace = new WorldTrace({ now: () => nowMs, startMs: 1_000_000, keep: options.keep ?? 0 });
  const heard: string[] = [];
  if (options.listen) trace.subscribe(({ n, atMs, kind }) => heard.push(`${n} ${atMs} ${kind}`));
  for (const event of list) {
    trace.emit({ ...event });
    nowMs += options.stepMs ?? 5;
  }
  return { trace, heard };
}

describe('the trace', () => {
  it('digests the canonical lines, time first', () => {
    const lines =
      '0 connect pop3 pop3#1 10.0.0.2 false \n5 command pop3 pop3#1 USER a \n10 commit incoming - 3 \n';
    expect(traceOf(events).trace.digest()).toBe(createHash('sha256').update(lines).digest('hex'));
  });

  it('is the same digest whatever is kept and whoever listens', () => {
    const plain = traceOf(events).trace.digest();
    expect(traceOf(events, { keep: 2, listen: true }).trace.digest()).toBe(plain);
  });

  it.each([
    ['one event less', events.slice(1), 5],
    ['another order', events.toReversed(), 5],
    ['another time', events, 6],
    ['another value', events.map((event) => (event.kind === 'commit' ? { ...event, writes: 4 } : event)), 5],
  ])('differs with %s', (_what, list, stepMs) => {
    expect(traceOf(list, { stepMs }).trace.digest()).not.toBe(traceOf(events).trace.digest());
  });

  it('can be asked for the digest again and again while it goes on', () => {
    const { trace } = traceOf(events);
    const first = trace.digest();
    expect(trace.digest()).toBe(first);
    trace.emit({ kind: 'phase', name: 'heal' });
    expect(trace.digest()).not.toBe(first);
  });

  it('keeps the last events, oldest first, and stamps what listeners hear', () => {
    const { trace, heard } = traceOf(events, { keep: 2, listen: true });
    expect(trace.last().map(({ n, atMs }) => [n, atMs])).toEqual([
      [1, 5],
      [2, 10],
    ]);
    expect(heard).toEqual(['0 0 connect', '1 5 command', '2 10 commit']);
  });
});
