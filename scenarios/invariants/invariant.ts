import type { Traced } from '../../simulators/trace/event.ts';
import type { EngineFacts, RunView } from '../run/run-view.ts';
import type { Violation } from '../verdict.ts';

/**
 * Something that must hold in every run, whatever the provider does. It is checked against the simulators' ground
 * truth and never against the engine's word alone.
 */
export interface Invariant {
  /** `INV-7` */
  readonly id: string;
  readonly name: string;
  readonly statement: string;
  create(run: RunView): Check;
}

/** An invariant watching one run. */
export interface Check {
  onEvent?(event: Traced): void;
  /** What was broken; empty when it held. */
  atEnd(facts: EngineFacts): readonly Violation[] | Promise<readonly Violation[]>;
  /** How often something happened that could have broken it. */
  exercised(): number;
}

/** Collects violations of one invariant, at most 20: the first ones tell the story. */
export class Violations {
  readonly #id: string;
  readonly #found: Violation[] = [];
  readonly #nowMs: () => number;

  constructor(id: string, nowMs: () => number) {
    this.#id = id;
    this.#nowMs = nowMs;
  }

  add(text: string, atMs: number = this.#nowMs()): void {
    if (this.#found.length < 20) this.#found.push({ invariant: this.#id, text, atMs });
  }

  list(): readonly Violation[] {
    return this.#found;
  }
}
