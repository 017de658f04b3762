/** Scenarios that prove the engine: their format, the runner, the invariants and the suites. */
export { type CampaignEvents, runCampaign } from './campaign/campaign.ts';
export type { Invocation } from './campaign/invocation.ts';
export { type Replay, replay } from './campaign/replay.ts';
export { type Capsule, readCapsule, writeCapsule } from './capsule.ts';
export { InputError } from './input-error.ts';
export { invariants } from './invariants/index.ts';
export type { Check, Invariant } from './invariants/invariant.ts';
export type { Operation } from './operation.ts';
export type { Outcome } from './outcome.ts';
export { readScenario } from './read-scenario.ts';
export type * from './result.ts';
export { type RunOptions, runScenario } from './run/run-scenario.ts';
export type { Scenario, ScenarioInput } from './scenario.ts';
export { shrink } from './shrink.ts';
export { suites } from './suites/index.ts';
export type { RunReport, Suite } from './suites/suite.ts';
export { describe, exitCodes, type Verdict, type Violation } from './verdict.ts';
