import type { GenericSchema } from 'valibot';
import type { Protocol } from '../../trace/event.ts';
import type { Action, Phase } from '../rule.ts';

/** One kind of fault, as the registry knows it. */
export interface Fault {
  readonly kind: Action['kind'];
  /** Where it makes sense. */
  readonly phases: readonly Phase[];
  /** Protocols with nothing it could do to. */
  readonly notOver?: readonly Protocol[];
  /** Where a rule applies that names no phase. One place, so that its matches can be counted. */
  readonly usualPhase: Phase;
  /** Checks the `what` of a rule in scenario data. */
  readonly schema: GenericSchema<unknown, Action>;
}
