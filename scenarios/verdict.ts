/** One place where what happened differs from what must hold. */
export interface Violation {
  /** `INV-7`, or the name of the suite whose law is broken. */
  readonly invariant: string;
  /** One sentence: what, where, with the ids to look for in the trace. */
  readonly text: string;
  readonly atMs?: number | undefined;
}

/**
 * How a run ended. The kinds are told apart because they call for different people: an invariant is the engine's
 * author, a fault that never fired the scenario's, nondeterminism and a harness fault ours.
 */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'invariant'; readonly violations: readonly Violation[] }
  | { readonly kind: 'fault-never-fired'; readonly rules: readonly string[] }
  | { readonly kind: 'did-not-settle'; readonly reasons: readonly string[] }
  | {
      readonly kind: 'nondeterminism';
      readonly digests: readonly [string, string];
      readonly findings: readonly string[];
    }
  | { readonly kind: 'harness-fault'; readonly text: string };

/** Exit codes of `mailclock run` and `mailclock replay`; 2 is a usage error. */
export const exitCodes: Readonly<Record<Verdict['kind'], number>> = {
  passed: 0,
  invariant: 1,
  'fault-never-fired': 3,
  'did-not-settle': 4,
  nondeterminism: 5,
  'harness-fault': 6,
};

const worstFirst: readonly Verdict['kind'][] = [
  'harness-fault',
  'nondeterminism',
  'invariant',
  'did-not-settle',
  'fault-never-fired',
  'passed',
];

/** The kind that speaks for many verdicts: a fault of the harness makes every other one doubtful. */
export function worst(kinds: Iterable<Verdict['kind']>): Verdict['kind'] {
  const seen = new Set(kinds);
  return worstFirst.find((kind) => seen.has(kind)) ?? 'passed';
}

/** The same failure: same kind, and at least one broken invariant in common. Shrinking must not wander off to another. */
export function sameFailure(a: Verdict, b: Verdict): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind !== 'invariant' || b.kind !== 'invariant') return true;
  const ids = new Set(a.violations.map((violation) => violation.invariant));
  return b.violations.some((violation) => ids.has(violation.invariant));
}

/** A verdict in one line. */
export function describe(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'passed':
      return 'passed';
    case 'invariant': {
      const [first, ...rest] = verdict.violations;
      const more = rest.length > 0 ? ` (and ${rest.length} more)` : '';
      return `${first?.invariant}: ${first?.text}${more}`;
    }
    case 'fault-never-fired':
      return `the fault ${verdict.rules.join(', ')} never fired as often as it must`;
    case 'did-not-settle':
      return `did not settle: ${verdict.reasons.join('; ')}`;
    case 'nondeterminism':
      return verdict.findings.length > 0
        ? `not deterministic: ${verdict.findings.join('; ')}`
        : `not deterministic: digests ${verdict.digests[0]} and ${verdict.digests[1]} of the same scenario differ`;
    case 'harness-fault':
      return `the harness failed: ${verdict.text}`;
    default:
      return unknownVerdict(verdict);
  }
}

function unknownVerdict(verdict: never): never {
  throw new TypeError(`no such verdict: ${JSON.stringify(verdict)}`);
}
