import { describe, expect, it } from 'vitest';
import type { Store } from '../../engine/store/store.ts';
import { CommitCounter, crashingStore } from './crashing-store.ts';

/** The two methods these tests call: one that writes and one that reads. */
function store(written: string[]): Store {
  const methods: Partial<Store> = {
    resend: async (emailId) => void written.push(emailId),
    mailboxes: async () => [],
  };
  return methods as Store; // the rest is never called here
}

function processOf(): { alive: boolean; kill(): void } {
  return {
    alive: true,
    kill() {
      this.alive = false;
    },
  };
}

const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);

// Policy: a process that dies at a commit has made it or not, as asked, and hears nothing any more.
describe('crashingStore', () => {
  it.each([
    ['before', ['a']],
    ['after', ['a', 'b']],
  ] as const)('dies %s the second commit', async (when, expected) => {
    const written: string[] = [];
    const commits = new CommitCounter();
    commits.dieAt(2, when);
    const process = processOf();
    const own = crashingStore(store(written), process, commits);
    expect(await settled(own.resend('a', 0))).toBe(true);
    expect(await settled(own.mailboxes())).toBe(true);
    expect(await settled(own.resend('b', 0))).toBe(false);
    expect(process.alive).toBe(false);
    expect(written).toEqual(expected);
    expect(await settled(own.resend('c', 0))).toBe(false);
    expect(await settled(own.mailboxes())).toBe(false);
    expect(written).toEqual(expected);
    expect(commits.outstanding).toEqual([]);
  });

  it('says which deaths never came', async () => {
    const commits = new CommitCounter();
    commits.dieAt(9, 'before');
    await crashingStore(store([]), processOf(), commits).resend('a', 0);
    expect(commits.made).toBe(1);
    expect(commits.outstanding).toEqual([9]);
  });
});
