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
});
