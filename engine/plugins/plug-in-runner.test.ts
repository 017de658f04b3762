import { describe, expect, it } from 'vitest';
import type { NewAlert } from '../records/alert.ts';
import { aReceivedEmail } from '../testing/fixtures.ts';
import { PlugInQueue } from './plug-in-runner.ts';

// Policy: synchronous plug-ins run in order and may refuse; asynchronous ones slow nothing, and what they throw is told.

const delivered = { mailboxId: 'm', emailId: 1, email: aReceivedEmail() };

describe('the plug-in queue', () => {
  it('runs synchronous plug-ins in order, up to the first that refuses', async () => {
    const ran: string[] = [];
    const plugIn = (name: string, refuses = false) => ({
      name,
      mode: 'synchronous' as const,
      onDelivery: async () => {
        ran.push(name);
        if (refuses) throw new Error('refused');
      },
    });
    const queue = new PlugInQueue([plugIn('a'), plugIn('b', true), plugIn('c')], async () => {});
    await expect(queue.before(delivered)).rejects.toThrow('refused');
    expect(ran).toEqual(['a', 'b']);
  });

  it('serves asynchronous plug-ins one delivery at a time, and turns what they throw into alerts', async () => {
    const alerts: NewAlert[] = [];
    let open = 0;
    let most = 0;
    const slow = {
      name: 'slow',
      mode: 'asynchronous' as const,
      onDelivery: async () => {
        open += 1;
        most = Math.max(most, open);
        await Promise.resolve();
        open -= 1;
        throw new Error('broken');
      },
    };
    const queue = new PlugInQueue([slow], async (alert) => void alerts.push(alert));
    for (let nth = 0; nth < 3; nth += 1) queue.after(delivered);
    expect(queue.load.waiting).toBeGreaterThan(0);
    await queue.idle();
    expect(most).toBe(1);
    expect(queue.load).toEqual({ waiting: 0, done: 3, failed: 3 });
    expect(alerts.map(({ code }) => code)).toEqual(['plug-in-failed', 'plug-in-failed', 'plug-in-failed']);
  });

  it('holds no more than 10,000 deliveries back: the oldest is given up and told of', async () => {
    const alerts: NewAlert[] = [];
    const served: number[] = [];
    let finish = (): void => {};
    const stuck = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = {
      name: 'slow',
      mode: 'asynchronous' as const,
      onDelivery: async ({ emailId }: { emailId: number | undefined }) => {
        await stuck;
        served.push(emailId ?? -1);
      },
    };
    const queue = new PlugInQueue([slow], async (alert) => void alerts.push(alert));
    // The first is being served, 10,000 wait, and two are too many.
    for (let emailId = 0; emailId < 10_003; emailId += 1) queue.after({ ...delivered, emailId });
    expect(queue.load).toEqual({ waiting: 10_000, done: 0, failed: 2 });
    expect(alerts.map(({ text }) => text)).toEqual(
      Array(2).fill(expect.stringContaining('more than 10000 deliveries wait for it')),
    );
    finish();
    await queue.idle();
    expect(queue.load).toEqual({ waiting: 0, done: 10_001, failed: 2 });
    expect(served).toHaveLength(10_001);
    expect(served.slice(0, 2)).toEqual([0, 3]);
  });
});
