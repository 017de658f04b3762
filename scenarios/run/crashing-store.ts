import type { Store } from '../../engine/store/store.ts';

/** The calls of a store that write; each is one commit, and each is a place where a process can die. */
const writing: ReadonlySet<string> = new Set<keyof Store>([
  'saveProfile',
  'saveMailbox',
  'setWorkloadEnabled',
  'leaseDue',
  'takeBack',
  'releaseConnection',
  'noteConnection',
  'dropConnection',
  'giveBack',
  'finishIdle',
  'finishCycle',
  'bringForward',
  'beginItems',
  'commitIncoming',
  'redrive',
  'addTrackingFolder',
  'dropTrackingFolder',
  'trackByHand',
  'untrackByHand',
  'queueEmail',
  'beginSending',
  'markHanded',
  'markDraft',
  'countLook',
  'clearLeftover',
  'recordSend',
  'beginSentCopy',
  'recordSentCopy',
  'setEmailFlags',
  'offerFlags',
  'offerFlagsAgain',
  'settleFlags',
  'resend',
  'raiseAlert',
  'clearAlerts',
]);

/** Counts commits over all lives of an engine, and says at which one it has to die. */
export class CommitCounter {
  #made = 0;
  readonly #deaths = new Map<number, 'before' | 'after'>();

  get made(): number {
    return this.#made;
  }

  dieAt(nth: number, when: 'before' | 'after'): void {
    this.#deaths.set(nth, when);
  }

  /** The next commit's fate. */
  next(): 'before' | 'after' | undefined {
    this.#made += 1;
    const fate = this.#deaths.get(this.#made);
    this.#deaths.delete(this.#made);
    return fate;
  }

  /** Deaths that were asked for and never came: the engine made fewer commits. */
  get outstanding(): readonly number[] {
    return [...this.#deaths.keys()];
  }
}

/**
 * A store as one process sees it: it dies with the process. Once the process is dead every call hangs for ever, as
 * nobody is left to hear the answer; when the counter says so, the process dies just before or just after a commit.
 */
export function crashingStore(
  store: Store,
  process: { readonly alive: boolean; kill(): void },
  commits: CommitCounter,
): Store {
  const wrapped = new Map<string | symbol, unknown>();
  return new Proxy(store, {
    get(target, property) {
      const known = wrapped.get(property);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== 'function') return member;
      const writes = typeof property === 'string' && writing.has(property);
      const call = (...values: unknown[]): unknown => {
        if (!process.alive) return never();
        const fate = writes ? commits.next() : undefined;
        if (fate === 'before') {
          process.kill();
          return never();
        }
        const answer: unknown = Reflect.apply(member, target, values);
        if (fate === 'after') {
          process.kill();
          return never();
        }
        return answer;
      };
      wrapped.set(property, call);
      return call;
    },
  });
}

function never(): Promise<never> {
  return new Promise<never>(() => {});
}
