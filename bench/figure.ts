/** One line of the table: what was measured, beside what was asked. */
export interface Figure {
  readonly what: string;
  readonly asked: string;
  readonly measured: string;
  /** Undefined where a peer is missing on this machine; the text says which. */
  readonly reached: boolean | undefined;
}

/** A benchmark measures its own code and what it is compared with in one run, alternating, on one machine. */
export interface Benchmark {
  readonly name: string;
  measure(): Promise<readonly Figure[]>;
}

/** The middle of several measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Seconds of wall time that `fn` takes, by a clock no world replaces. */
export async function wallSeconds(fn: () => Promise<unknown>): Promise<number> {
  const start = wallNow();
  await fn();
  return (wallNow() - start) / 1e9;
}

// Taken before any world replaces it.
const hrtime = process.hrtime.bigint.bind(process.hrtime);
export const wallNow = (): number => Number(hrtime());
