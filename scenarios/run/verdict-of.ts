import type { Verdict, Violation } from '../verdict.ts';

/** Everything that can speak against a run. */
export interface Seen {
  /** What the run was rejected with, if it was. */
  readonly fault: unknown;
  readonly violations: readonly Violation[];
  /** Why it had not converged when the budget was spent. */
  readonly reasons: readonly string[];
  /** Call sites that would make two runs of one seed differ. */
  readonly leaks: readonly string[];
  /** Rules and deaths that never came as they were expected. */
  readonly neverFired: readonly string[];
}

/** What ended a run: what makes everything else doubtful comes first. */
export function verdictOf({ fault, violations, reasons, leaks, neverFired }: Seen): Verdict {
  if (fault !== undefined) {
    const code: unknown = fault instanceof Error ? Reflect.get(fault, 'code') : undefined;
    if (code === 'deadlock') return { kind: 'did-not-settle', reasons: [String(fault)] };
    return { kind: 'harness-fault', text: firstLines(fault) };
  }
  if (leaks.length > 0) return { kind: 'nondeterminism', digests: ['', ''], findings: leaks };
  if (violations.length > 0) return { kind: 'invariant', violations };
  if (reasons.length > 0) return { kind: 'did-not-settle', reasons };
  if (neverFired.length > 0) return { kind: 'fault-never-fired', rules: neverFired };
  return { kind: 'passed' };
}

/** An error and where it came from, on one line. */
export function firstLines(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.split('\n').slice(0, 6).join(' | ');
}
