import { describe, expect, it } from 'vitest';
import { exitCodes, describe as inOneLine, sameFailure, type Verdict, worst } from './verdict.ts';

const broken = (...ids: string[]): Verdict => ({
  kind: 'invariant',
  violations: ids.map((invariant) => ({ invariant, text: `${invariant} is broken` })),
});

// Policy: kinds of failure are told apart by exit code, and a failure is only the same when the same thing is broken.
describe('verdicts', () => {
  it('have exit codes of their own, none of them that of a usage error', () => {
    const codes = Object.values(exitCodes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes).not.toContain(2);
    expect(exitCodes.passed).toBe(0);
  });

  it('let the most doubtful speak for all', () => {
    expect(worst([])).toBe('passed');
    expect(worst(['passed', 'did-not-settle', 'invariant'])).toBe('invariant');
    expect(worst(['invariant', 'harness-fault', 'nondeterminism'])).toBe('harness-fault');
  });

  it('are the same failure when an invariant is common to both', () => {
    expect(sameFailure(broken('INV-1', 'INV-2'), broken('INV-2'))).toBe(true);
    expect(sameFailure(broken('INV-1'), broken('INV-2'))).toBe(false);
    expect(sameFailure(broken('INV-1'), { kind: 'did-not-settle', reasons: [] })).toBe(false);
  });

  it('fit a line', () => {
    expect(inOneLine(broken('INV-1', 'INV-7'))).toBe('INV-1: INV-1 is broken (and 1 more)');
    expect(inOneLine({ kind: 'fault-never-fired', rules: ['r1'] })).toBe(
      'the fault r1 never fired as often as it must',
    );
  });
});
