import type { Invocation } from './campaign/invocation.ts';
import type { NotApplicable } from './invariants/not-applicable.ts';
import type { Scenario } from './scenario.ts';
import type { Verdict } from './verdict.ts';

/**
 * What `mailclock run` found out, as data: the JSON reporter prints it as it is, the HTML report draws it. Virtual
 * times are milliseconds since the world of that run began; wall times are milliseconds of real time. Everything is
 * bounded: a run of any length yields a result of at most a few megabytes.
 */
export interface RunResult {
  readonly schema: 1;
  readonly mailclock: string;
  readonly node: string;
  readonly invocation: Invocation;
  /** The worst verdict of all, and the exit code that follows from it. */
  readonly verdict: Verdict['kind'];
  readonly exitCode: number;
  readonly seed: number;
  /** Over the digests of all runs in order of suite and index; the same for any number of workers. */
  readonly digest: string;
  readonly runs: number;
  readonly virtualMs: number;
  readonly wallMs: number;
  readonly suites: readonly SuiteResult[];
  readonly ledger: Ledger;
}

export interface SuiteResult {
  readonly name: string;
  readonly title: string;
  /** What must hold, as a formula or a sentence. */
  readonly law: string;
  readonly verdict: Verdict['kind'];
  readonly runs: number;
  readonly failed: number;
  readonly virtualMs: number;
  /** Sum over the runs; with two workers about twice the time that passed. */
  readonly wallMs: number;
  readonly events: number;
  readonly digest: string;
  readonly profiles: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly invariants: readonly InvariantCount[];
  readonly failures: readonly Failure[];
  /** Series and timelines of a few representative runs, at most 4. */
  readonly recordings: readonly Recording[];
}

/** One number the suite's law predicts, and what came out. */
export interface Measurement {
  readonly name: string;
  readonly profile: string;
  readonly unit: string;
  readonly predicted: { readonly atLeast: number; readonly atMost: number };
  readonly measured: number;
  readonly holds: boolean;
}

export interface InvariantCount {
  readonly id: string;
  readonly name: string;
  /** How often something happened that could have broken it. */
  readonly exercised: number;
  readonly violations: number;
}

/** What was really put to the test, counted over all runs. */
export interface Ledger {
  readonly operations: Readonly<Record<string, number>>;
  /** Faults by kind of action: how often one fired. */
  readonly faults: Readonly<Record<string, number>>;
  readonly throttles: Readonly<Record<string, number>>;
  readonly invariants: readonly InvariantCount[];
  /** Invariants that POP3 and SMTP cannot show, and why. */
  readonly notApplicable: readonly NotApplicable[];
  /** Invariants a suite declares and no run of it exercised. */
  readonly neverExercised: readonly { readonly suite: string; readonly invariant: string }[];
}

export interface Failure {
  readonly suite: string;
  readonly index: number;
  readonly verdict: Exclude<Verdict, { kind: 'passed' }>;
  /** Type this to see it again. */
  readonly replay: string;
  readonly capsule: string | undefined;
  /** Shrunk; undefined when the harness itself failed before there was one. */
  readonly scenario: Scenario | undefined;
}

/** What one run looked like over virtual time. */
export interface Recording {
  readonly title: string;
  readonly suite: string;
  readonly index: number;
  readonly seed: number;
  readonly profile: string;
  readonly verdict: Verdict['kind'];
  readonly startsAtMs: number;
  readonly virtualMs: number;
  /** When faults ended and healing began. */
  readonly healedAtMs: number;
  readonly series: readonly Series[];
  /** At most 12 mailboxes × 2 workloads, at most 400 cycles each. */
  readonly timelines: readonly Timeline[];
  /** At most 600 marks: faults fired, throttles met, operations done, alerts raised. */
  readonly marks: readonly Mark[];
}

/** A quantity over virtual time; at most 600 points, thinned evenly. */
export interface Series {
  /** `backlog`, `throughput`. */
  readonly name:
    | 'incoming-backlog'
    | 'outgoing-backlog'
    | 'received-per-hour'
    | 'sent-per-hour'
    | 'open-connections';
  /** Mailbox group: a domain, or `all`. */
  readonly group: string;
  readonly unit: 'messages' | 'messages/hour' | 'connections';
  readonly points: readonly (readonly [atMs: number, value: number])[];
}

export interface Timeline {
  readonly mailbox: string;
  readonly workload: string;
  readonly cycles: readonly CycleSpan[];
}

/** A cycle and the postpone window behind it, which reaches from `endMs` to `nextRunMs`. */
export interface CycleSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly nextRunMs: number;
  readonly outcome: string;
  /** Why the wait is what it is: `window`, `transient`, `throttled`, `auth`, `outage`, `more`, `disabled`. */
  readonly wait: string;
  readonly items: number;
  readonly failed: number;
}

export interface Mark {
  readonly atMs: number;
  readonly kind: 'fault' | 'throttle' | 'operation' | 'alert' | 'phase' | 'engine';
  readonly mailbox: string | undefined;
  readonly text: string;
}
