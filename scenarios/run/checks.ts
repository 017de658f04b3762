import type { Traced } from '../../simulators/index.ts';
import { invariants } from '../invariants/index.ts';
import type { InvariantCount } from '../result.ts';
import type { Violation } from '../verdict.ts';
import type { EngineFacts, RunView } from './run-view.ts';

/** All invariants, watching one run. */
export class Checks {
  readonly #checks;
  readonly #listeners: ((event: Traced) => void)[];

  constructor(view: RunView) {
    this.#checks = invariants.map((invariant) => ({ invariant, check: invariant.create(view) }));
    this.#listeners = this.#checks.flatMap(({ check }) =>
      check.onEvent === undefined ? [] : [check.onEvent.bind(check)],
    );
  }

  onEvent(event: Traced): void {
    for (const listener of this.#listeners) listener(event);
  }

  async atEnd(facts: EngineFacts): Promise<{ violations: Violation[]; counts: InvariantCount[] }> {
    const violations: Violation[] = [];
    const counts: InvariantCount[] = [];
    for (const { invariant, check } of this.#checks) {
      const found = await check.atEnd(facts);
      violations.push(...found);
      counts.push({
        id: invariant.id,
        name: invariant.name,
        exercised: check.exercised(),
        violations: found.length,
      });
    }
    return { violations, counts };
  }
}
