import { createHash, type Hash } from 'node:crypto';
import type { Trace, Traced, TraceEvent } from './event.ts';

const flushAtChars = 1 << 16;

/**
 * The trace of one world: stamps events, keeps the last ones, hands them to subscribers, and digests every one of them
 * (SHA-256 over their canonical lines, so that the same seed must give the same 64 hex digits anywhere).
 */
export class WorldTrace implements Trace {
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #keep: number;
  readonly #hash: Hash = createHash('sha256');
  readonly #listeners: ((event: Traced) => void)[] = [];
  readonly #last: Traced[] = [];
  #lines = '';
  #count = 0;
  #at = 0;

  constructor(options: { now: () => number; startMs: number; keep: number }) {
    this.#now = options.now;
    this.#startMs = options.startMs;
    this.#keep = options.keep;
  }

  get count(): number {
    return this.#count;
  }

  emit(event: TraceEvent): void {
    const atMs = this.#now() - this.#startMs;
    this.#lines += `${atMs} ${line(event)}\n`;
    if (this.#lines.length > flushAtChars) this.#flush();
    const n = this.#count++;
    if (this.#keep === 0 && this.#listeners.length === 0) return;
    const traced: Traced = Object.assign(event, { atMs, n });
    if (this.#keep > 0) {
      this.#last[this.#at] = traced;
      this.#at = (this.#at + 1) % this.#keep;
    }
    for (const listener of this.#listeners) listener(traced);
  }

  subscribe(listener: (event: Traced) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  /** The last events, oldest first; as many as the trace was told to keep. */
  last(): readonly Traced[] {
    return [...this.#last.slice(this.#at), ...this.#last.slice(0, this.#at)];
  }

  /** 64 hex digits over everything emitted so far. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#lines);
    this.#lines = '';
  }
}

/** The canonical line of an event: its values in the order the emitter gave them, undefined ones as `-`. */
export function line(event: TraceEvent): string {
  let text = '';
  for (const key in event) {
    // Keys of a literal of the union: the value is a string, number, boolean or undefined.
    const value = (event as unknown as Record<string, string | number | boolean | undefined>)[key];
    text += value === undefined ? '- ' : `${value} `;
  }
  return text;
}
