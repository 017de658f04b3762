import { createHash } from 'node:crypto';
import type { InvariantCount, Measurement, Recording } from './result.ts';
import { type Verdict, worst } from './verdict.ts';

/** What came of judging one scenario; a suite that runs several worlds for it adds them up. */
export interface Outcome {
  readonly verdict: Verdict;
  /** Of everything that happened: the same scenario gives the same digest, anywhere. */
  readonly digest: string;
  readonly virtualMs: number;
  readonly events: number;
  readonly invariants: readonly InvariantCount[];
  readonly measurements: readonly Measurement[];
  readonly operations: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly throttles: Readonly<Record<string, number>>;
  /** Without the run's index, which only a campaign knows. */
  readonly recording: Omit<Recording, 'index'> | undefined;
  /** The last lines of the trace, at most 200. */
  readonly traceTail: readonly string[];
}

/** Adds up the outcomes of the worlds one scenario needed; the first failure speaks for all. */
export function joinOutcomes(outcomes: readonly Outcome[]): Outcome {
  const [first] = outcomes;
  if (first === undefined) throw new RangeError('no outcome to join: run at least one world');
  const kind = worst(outcomes.map((outcome) => outcome.verdict.kind));
  const speaker = outcomes.find((outcome) => outcome.verdict.kind === kind) ?? first;
  return {
    verdict: speaker.verdict,
    digest: digestOf(outcomes.map((outcome) => outcome.digest)),
    virtualMs: outcomes.reduce((sum, outcome) => sum + outcome.virtualMs, 0),
    events: outcomes.reduce((sum, outcome) => sum + outcome.events, 0),
    invariants: addInvariants(outcomes.map((outcome) => outcome.invariants)),
    measurements: outcomes.flatMap((outcome) => outcome.measurements),
    operations: addCounts(outcomes.map((outcome) => outcome.operations)),
    faults: addCounts(outcomes.map((outcome) => outcome.faults)),
    throttles: addCounts(outcomes.map((outcome) => outcome.throttles)),
    recording: speaker.recording ?? first.recording,
    traceTail: speaker.traceTail,
  };
}

/** The same outcome, judged further: broken laws are added to what is already wrong. */
export function withViolations(
  outcome: Outcome,
  violations: Extract<Verdict, { kind: 'invariant' }>['violations'],
): Outcome {
  if (violations.length === 0) return outcome;
  if (outcome.verdict.kind === 'passed') {
    return { ...outcome, verdict: { kind: 'invariant', violations } };
  }
  if (outcome.verdict.kind === 'invariant') {
    return {
      ...outcome,
      verdict: { kind: 'invariant', violations: [...outcome.verdict.violations, ...violations] },
    };
  }
  return outcome;
}

/** SHA-256 over digests in their order, hex. */
export function digestOf(digests: readonly string[]): string {
  const hash = createHash('sha256');
  for (const digest of digests) hash.update(digest).update('\n');
  return hash.digest('hex');
}

export function addCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(sum).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function addInvariants(all: readonly (readonly InvariantCount[])[]): InvariantCount[] {
  const sum = new Map<string, InvariantCount>();
  for (const counts of all) {
    for (const count of counts) {
      const before = sum.get(count.id);
      sum.set(count.id, {
        id: count.id,
        name: count.name,
        exercised: (before?.exercised ?? 0) + count.exercised,
        violations: (before?.violations ?? 0) + count.violations,
      });
    }
  }
  return [...sum.values()].sort((a, b) => numberOf(a.id) - numberOf(b.id));
}

const numberOf = (id: string): number => Number(id.replace('INV-', ''));
