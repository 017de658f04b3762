import net from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Process } from '../world/process.ts';
import { setGlobalTime } from './global-time.ts';
import { Deadlock, virtualClock } from './virtual-clock.ts';

// Policy: in a world every timer and date is virtual, whoever set it; time moves only when every party is idle, to
// the next timer and no further; and what belongs to a dead process never happens.

// Taken before the globals are replaced: the clock does not count these.
const realSetImmediate = vi.hoisted(() => globalThis.setImmediate);
const epochMs = Date.UTC(2026, 0, 5, 8);

beforeEach(() => {
  virtualClock.restart(epochMs);
  setGlobalTime(true);
});
afterEach(() => setGlobalTime(false));

async function inWorld<T>(main: () => Promise<T>): Promise<T> {
  let result: { value: T } | { error: unknown } | undefined;
  main().then(
    (value) => {
      result = { value };
    },
    (error: unknown) => {
      result = { error };
    },
  );
  await virtualClock.drive(() => result !== undefined);
  if (result !== undefined && 'value' in result) return result.value;
  throw (result as { error: unknown }).error;
}

describe('the virtual clock', () => {
  it('gives every run of a world the same first date', async () => {
    const first = await inWorld(async () => new Date().toISOString());
    await inWorld(() => sleepFor(90_000));
    virtualClock.restart(epochMs);
    const second = await inWorld(async () => new Date().toISOString());
    expect([first, second]).toEqual(['2026-01-05T08:00:00.000Z', '2026-01-05T08:00:00.000Z']);
  });

  it('jumps over ten virtual minutes of a hanging time-out in one step', async () => {
    const before = virtualClock.steps;
    const reason = await inWorld(
      () =>
        new Promise((resolve) =>
          AbortSignal.timeout(600_000).addEventListener('abort', (event) =>
            resolve((event.target as AbortSignal).reason.name),
          ),
        ),
    );
    expect(reason).toBe('TimeoutError');
    expect(virtualClock.now() - epochMs).toBe(600_000);
    expect(virtualClock.steps - before).toBe(1);
  });

  it('makes every kind of timer virtual: callbacks, intervals, promises, dates, performance, hrtime', async () => {
    const seen = await inWorld(async () => {
      const log: [string, number][] = [];
      const mark = (what: string): number => log.push([what, Date.now() - epochMs]);
      const start = performance.now();
      const [startSeconds] = process.hrtime();
      const interval = setInterval(() => mark('interval'), 1000);
      setTimeout(() => mark('timeout'), 1500);
      await sleepFor(2500);
      clearInterval(interval);
      mark('promise');
      await sleepFor(60_000);
      mark(`performance ${performance.now() - start} hrtime ${process.hrtime()[0] - startSeconds}`);
      return log;
    });
    expect(seen).toEqual([
      ['interval', 1000],
      ['timeout', 1500],
      ['interval', 2000],
      ['promise', 2500],
      ['performance 62500 hrtime 62', 62_500],
    ]);
  });

  it('lets everybody finish before it moves: microtasks, ticks and chains of immediates', async () => {
    const order = await inWorld(async () => {
      const log: string[] = [];
      setTimeout(() => log.push(`timer at ${Date.now() - epochMs}`), 1);
      let left = 200;
      const chain = (): void => {
        left -= 1;
        if (left === 0) log.push(`chain done at ${Date.now() - epochMs}`);
        else if (left % 3 === 0) setImmediate(chain);
        else if (left % 3 === 1) process.nextTick(chain);
        else void Promise.resolve().then(chain);
      };
      chain();
      await sleepFor(5);
      return log;
    });
    expect(order).toEqual(['chain done at 0', 'timer at 1']);
  });

  it('stands still while a hold is held', async () => {
    let released = false;
    const release = virtualClock.hold('a real job');
    setGlobalTime(false);
    setTimeout(() => {
      released = true;
      release();
    }, 20);
    setGlobalTime(true);
    const releasedFirst = await inWorld(async () => {
      await sleepFor(1);
      return released;
    });
    expect(releasedFirst).toBe(true);
  });

  it('fires timers of one instant in the order they were set, and none that was cleared', async () => {
    const fired = await inWorld(async () => {
      const log: number[] = [];
      const handles = [5, 3, 5, 3, 5].map((delayMs, n) => setTimeout(() => log.push(n), delayMs));
      clearTimeout(handles[2]);
      await sleepFor(10);
      return log;
    });
    expect(fired).toEqual([1, 3, 0, 4]);
  });

  it('calls nothing of a process that is dead', async () => {
    const log: string[] = [];
    const process = new Process('engine');
    await inWorld(async () => {
      process.run(() => {
        const again = (): void => {
          log.push(`at ${Date.now() - epochMs}`);
          setTimeout(again, 10);
        };
        setTimeout(again, 10);
      });
      setTimeout(() => process.kill(), 35);
      await sleepFor(100);
    });
    expect(log).toEqual(['at 10', 'at 20', 'at 30']);
  });

  it('says so when nothing can happen any more', async () => {
    await expect(inWorld(() => new Promise(() => {}))).rejects.toBeInstanceOf(Deadlock);
  });

  it('puts the time-outs of sockets on virtual time, whose sockets they are', async () => {
    const socket = new net.Socket();
    const idleMs = await inWorld(
      () =>
        new Promise<number>((resolve) => {
          socket.setTimeout(600_000, () => resolve(Date.now() - epochMs));
        }),
    );
    socket.destroy();
    expect(idleMs).toBe(600_000);
  });

  it('waits for turns of the event loop that somebody asked for, and no longer', async () => {
    const turnsBefore = async (settle: boolean): Promise<number> => {
      let turns = 0;
      let waited = -1;
      let pending: NodeJS.Immediate | undefined;
      const turn = (): void => {
        turns += 1;
        pending = realSetImmediate(turn);
      };
      const release = settle ? virtualClock.settle(8) : () => {};
      await inWorld(async () => {
        pending = realSetImmediate(turn);
        await sleepFor(1);
        waited = turns;
      });
      release();
      clearImmediate(pending);
      return waited;
    };
    expect(await turnsBefore(false)).toBeLessThan(8);
    expect(await turnsBefore(true)).toBeGreaterThanOrEqual(8);
    expect(await turnsBefore(false)).toBeLessThan(8);
  });
});
