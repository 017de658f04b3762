import type { GenericSchema } from 'valibot';
import type { Action, Phase } from '../rule.ts';

/** One kind of fault, as the registry knows it. */
export interface Fault {
  readonly kind: Action['kind'];
  /** Where it makes sense. A rule that names no phase applies at these and nowhere else. */
  readonly phases: readonly Phase[];
  /** Checks the `what` of a rule in scenario data. */
  readonly schema: GenericSchema<unknown, Action>;
}
