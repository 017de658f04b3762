import type { Rule } from '../../../simulators/rules/rule.ts';

/** A fault without its time: the generator says when. */
export interface FaultKind {
  readonly name: string;
  readonly where: Rule['where'];
  readonly what: Rule['what'];
}
