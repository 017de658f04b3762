import type { CycleEnd, Lease, Store } from './store.ts';

/** Who wants to know what was written. Called after the commit, in the same turn as its answer. */
export interface StoreWatcher {
  cycleEnded(lease: Lease, end: CycleEnd): void;
  /** Something became due that was not before. */
  scheduleChanged(): void;
}

/**
 * The store, with a watcher told of each cycle's end at the moment it is written, whoever writes it, and of each
 * change that an armed timer would sleep through.
 */
export function watchedStore(store: Store, watcher: StoreWatcher): Store {
  const watched: Partial<Store> = {
    async finishCycle(lease, end) {
      const written = await store.finishCycle(lease, end);
      if (written) watcher.cycleEnded(lease, end);
      return written;
    },
    async commitIncoming(lease, page, end) {
      const committed = await store.commitIncoming(lease, page, end);
      if (end !== undefined && !committed.fenced) watcher.cycleEnded(lease, end);
      return committed;
    },
    async recordSend(lease, result, end) {
      const written = await store.recordSend(lease, result, end);
      if (end !== undefined && written) watcher.cycleEnded(lease, end);
      return written;
    },
    async setWorkloadEnabled(mailboxId, workload, enabled, now) {
      await store.setWorkloadEnabled(mailboxId, workload, enabled, now);
      watcher.scheduleChanged();
    },
    async bringForward(mailboxId, workload, at) {
      await store.bringForward(mailboxId, workload, at);
      watcher.scheduleChanged();
    },
    async saveMailbox(mailbox) {
      await store.saveMailbox(mailbox);
      watcher.scheduleChanged();
    },
  };
  const members = new Map<string | symbol, unknown>(Object.entries(watched));
  return new Proxy(store, {
    get(target, property) {
      const known = members.get(property);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, property);
      const bound: unknown = typeof member === 'function' ? member.bind(target) : member;
      members.set(property, bound);
      return bound;
    },
  });
}
