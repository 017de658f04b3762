import { expect, it } from 'vitest';
import { aCycleEnd } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { HintGate } from './hint-gate.ts';

// Policy: hints become few cycles: one for many, further apart the less they lead to, and none into a wait.

const windowMs = 300_000;

function gateOf() {
  const clock = new ManualClock(1_000_000);
  const brought: number[] = [];
  const startedAt = clock.now();
  const gate = new HintGate({
    clock,
    delayMs: 2_000,
    windowMs,
    bring: () => brought.push((clock.now() - startedAt) / 1_000),
  });
  gate.listening = true;
  const cycle = (processed: number, changes: Parameters<typeof aCycleEnd>[0] = {}, leastMs = 0): void => {
    gate.began('ann', leastMs);
    gate.ended('ann', aCycleEnd({ endedAt: clock.now(), wait: 'window', processed, failed: 0, ...changes }));
  };
  return { clock, gate, brought, cycle };
}

it('many hints in a short time are one cycle, and the next ones another', async () => {
  const { clock, gate, brought } = gateOf();
  for (let n = 0; n < 100; n += 1) gate.told('ann');
  await clock.advance(5_000);
  expect(brought).toEqual([2]);
  gate.told('ann');
  await clock.advance(5_000);
  expect(brought).toEqual([2, 7]);
});

it('what keeps being told and leads to nothing is heeded less and less, until it stops', async () => {
  const { clock, gate, brought, cycle } = gateOf();
  cycle(0);
  const second = async (): Promise<void> => {
    const before = brought.length;
    gate.told('ann');
    await clock.advance(1_000);
    if (brought.length > before) cycle(0);
  };
  for (let n = 0; n < 3_600; n += 1) await second();
  const apart = brought.map((at, n) => Math.round((at - (brought[n - 1] ?? 0)) / 10) * 10);
  expect(apart.slice(0, 6)).toEqual([10, 20, 40, 80, 160, 300]);
  expect(Math.max(...apart)).toBeLessThanOrEqual(310);
  expect(brought.length).toBeLessThan(18);
  cycle(0);
  await clock.advance(windowMs);
  cycle(0);
  await clock.advance(windowMs);
  const until = brought.length;
  gate.told('ann');
  await clock.advance(2_000);
  expect(brought).toHaveLength(until + 1);
});

it('what leads to something is heeded every ten seconds', async () => {
  const { clock, gate, brought, cycle } = gateOf();
  cycle(0);
  for (let n = 0; n < 5; n += 1) {
    gate.told('ann');
    await clock.advance(10_000);
    cycle(1);
  }
  expect(brought).toEqual([10, 20, 30, 40, 50]);
});

it('what is told in a running cycle is looked for after it', async () => {
  const { clock, gate, brought } = gateOf();
  gate.began('ann', 0);
  gate.told('ann');
  await clock.advance(60_000);
  expect(brought).toEqual([]);
  gate.ended('ann', aCycleEnd({ endedAt: clock.now(), wait: 'window' }));
  await clock.advance(10_000);
  expect(brought).toEqual([70]);
});

it.each(['transient', 'throttled', 'auth', 'outage'] as const)('none leads into a wait: %s', async (wait) => {
  const { clock, gate, brought, cycle } = gateOf();
  cycle(0, { wait, nextRunAt: clock.now() + 600_000 });
  gate.told('ann');
  await clock.advance(599_999);
  expect(brought).toEqual([]);
  await clock.advance(1);
  expect(brought).toEqual([600]);
});

it('none undercuts the least time between two cycles', async () => {
  const { clock, gate, brought, cycle } = gateOf();
  cycle(1, {}, 120_000);
  gate.told('ann');
  await clock.advance(300_000);
  expect(brought).toEqual([120]);
});

it('after stop, and for a mailbox that is switched off, nothing is left to come', async () => {
  const { clock, gate, brought, cycle } = gateOf();
  gate.told('ann');
  cycle(0, { disable: true });
  gate.told('bob');
  gate.stop();
  gate.told('cy');
  await clock.advance(600_000);
  expect(brought).toEqual([]);
});
