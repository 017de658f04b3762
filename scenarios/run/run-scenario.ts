import { openSqliteStore } from '../../engine/index.ts';
import { defaultSettings } from '../../engine/records/settings.ts';
import { createWorld, line, sleep, type Traced } from '../../simulators/index.ts';
import { invariants } from '../invariants/index.ts';
import { mutantNamed } from '../mutants/index.ts';
import { operationEndMs } from '../operation.ts';
import { Recorder } from '../record/recorder.ts';
import type { InvariantCount, Recording } from '../result.ts';
import { addressOf, type Scenario } from '../scenario.ts';
import type { RunReport } from '../suites/suite.ts';
import type { Verdict, Violation } from '../verdict.ts';
import { CommitCounter } from './crashing-store.ts';
import { endStateOf } from './end-state-of.ts';
import { EngineHost } from './engine-host.ts';
import { performOperation } from './operations/index.ts';
import { plugInsFor } from './plug-ins.ts';
import { providerSpecs } from './provider-specs.ts';
import { type EngineFacts, type RunMailbox, type RunView, readFacts } from './run-view.ts';
import { Running } from './running.ts';
import { passwordOf } from './secrets.ts';
import { setUp } from './set-up.ts';
import { Settling } from './settling.ts';
import { Tally } from './tally.ts';
import { truthOf } from './truth-of.ts';

export interface RunOptions {
  /** Keep series and timelines for a report. */
  readonly record?: boolean;
  /** Sees every event of the world's trace. */
  readonly watch?: ((event: Traced) => void) | undefined;
}

const traceTailLines = 200;
const checkEveryMs = 60_000;

/**
 * Runs one scenario in a world of its own: first with its faults, then healed, until everything has converged or the
 * budget is spent, then quiet; and judges it by all invariants.
 */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<RunReport> {
  const world = createWorld({
    seed: scenario.seed,
    providers: providerSpecs(scenario),
    rules: scenario.rules,
    link: { latencyMs: scenario.latencyMs },
    keepEvents: traceTailLines,
  });
  const store = openSqliteStore({ path: ':memory:' });
  const settings = { ...defaultSettings, ...scenario.settings };
  const mutant = scenario.mutant === undefined ? undefined : mutantNamed(scenario.mutant);
  const mailboxes: RunMailbox[] = scenario.mailboxes.map((mailbox) => ({
    ...mailbox,
    address: addressOf(mailbox),
  }));
  const byId = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]));
  const passwords = new Map(mailboxes.map(({ id }) => [id, passwordOf(id)]));
  const groups = new Map(
    mailboxes.flatMap(
      ({ id, address, domain }) =>
        [
          [id, domain],
          [address, domain],
        ] as const,
    ),
  );
  const recorder = options.record === true ? new Recorder(world.startMs, groups) : undefined;
  const tally = new Tally();
  const commits = new CommitCounter();
  const host = new EngineHost({
    world,
    store,
    settings,
    commits,
    mutant,
    plugIns: plugInsFor(scenario, world.clock),
    secret: (name) => passwords.get(name) ?? '',
  });
  const running = new Running({
    world,
    host,
    commits,
    byId,
    passwords,
    onQueued: (mailbox) => recorder?.queued(mailbox.id, world.elapsedMs(), 1),
  });
  const phases: { healedAtMs: number | undefined; settledAtMs: number | undefined } = {
    healedAtMs: undefined,
    settledAtMs: undefined,
  };
  const view: RunView = {
    scenario,
    settings,
    startMs: world.startMs,
    mailboxes,
    byId,
    byAddress: new Map(mailboxes.map((mailbox) => [mailbox.address, mailbox])),
    truth: truthOf(world),
    store,
    queued: running.queued,
    performed: running.performed,
    deaths: host.deaths,
    get healedAtMs() {
      return phases.healedAtMs;
    },
    get settledAtMs() {
      return phases.settledAtMs;
    },
    nowMs: () => world.elapsedMs(),
  };
  const checks = invariants.map((invariant) => ({ invariant, check: invariant.create(view) }));
  const settling = new Settling(view);
  const listening = checks.flatMap(({ check }) =>
    check.onEvent === undefined ? [] : [check.onEvent.bind(check)],
  );
  world.trace.subscribe((event) => {
    tally.onEvent(event);
    settling.onEvent(event);
    recorder?.onEvent(event);
    options.watch?.(event);
    for (const listener of listening) listener(event);
  });

  const live = async (): Promise<string[]> => {
    await setUp(scenario, world, mutant?.store?.(store) ?? store);
    await host.start();
    const operations = scenario.operations.map((operation) => performOperation(operation, running));
    const overMs = Math.max(0, ...scenario.operations.map((operation) => operationEndMs(operation) ?? 0));
    await running.sleepUntil(Math.max(overMs, scenario.faultsUntilMs));
    await Promise.all(operations);
    world.rules.heal();
    settling.heal();
    phases.healedAtMs = world.elapsedMs();
    world.trace.emit({ kind: 'phase', name: 'healed' });
    const deadlineMs = phases.healedAtMs + scenario.settleMs;
    let reasons = host.running ? await settling.reasons() : ['the engine is down'];
    while (reasons.length > 0 && world.elapsedMs() < deadlineMs) {
      await sleep(world.clock, checkEveryMs);
      reasons = host.running ? await settling.reasons() : ['the engine is down'];
    }
    if (reasons.length === 0) {
      phases.settledAtMs = world.elapsedMs();
      world.trace.emit({ kind: 'phase', name: 'settled' });
      await sleep(world.clock, scenario.quietMs);
    }
    await host.stop();
    return reasons;
  };

  let reasons: string[] = [];
  let fault: unknown;
  let facts: EngineFacts | undefined;
  const violations: Violation[] = [];
  try {
    reasons = await world.run(live);
  } catch (error) {
    fault = error;
  }
  try {
    facts = await readFacts(store, mailboxes);
    for (const { check } of checks) violations.push(...(await check.atEnd(facts)));
    const endState = endStateOf(view, facts);
    const counts: InvariantCount[] = checks.map(({ invariant, check }) => ({
      id: invariant.id,
      name: invariant.name,
      exercised: check.exercised(),
      violations: violations.filter((violation) => violation.invariant === invariant.id).length,
    }));
    const ledger = world.rules.ledger();
    const traceTail = world.trace.last().map((event) => `${event.atMs} ${line(event)}`.trimEnd());
    const end = world.end();
    const verdict = verdictOf({
      fault,
      violations,
      reasons,
      leaks: end.leaks.map((leak) => `${leak.resource} at ${leak.callSite}`),
      silentRules: ledger.filter((rule) => !rule.asExpected).map((rule) => rule.rule),
      outstandingKills: commits.outstanding.map((nth) => `kill at commit ${nth}`),
    });
    const recording: Recording | undefined = recorder && {
      title: `${scenario.suite} with ${scenario.providers.map((one) => one.profile).join(' and ')}`,
      suite: scenario.suite,
      index: 0,
      seed: scenario.seed,
      profile: scenario.providers.map((one) => one.profile).join(', '),
      verdict: verdict.kind,
      startsAtMs: world.startMs,
      virtualMs: end.virtualMs,
      healedAtMs: phases.healedAtMs ?? end.virtualMs,
      ...recorder.finish(end.virtualMs),
    };
    return {
      verdict,
      digest: end.digest,
      virtualMs: end.virtualMs,
      events: end.events,
      invariants: counts,
      measurements: [],
      ...tally.counts(),
      recording,
      traceTail,
      endState,
      commits: commits.made,
      healedAtMs: phases.healedAtMs ?? end.virtualMs,
      settledAtMs: phases.settledAtMs,
    };
  } finally {
    world.end();
    await store.close();
  }
}

/** What ended the run, the most doubtful first. */
function verdictOf(seen: {
  fault: unknown;
  violations: readonly Violation[];
  reasons: readonly string[];
  leaks: readonly string[];
  silentRules: readonly string[];
  outstandingKills: readonly string[];
}): Verdict {
  if (seen.fault !== undefined) {
    const code: unknown = seen.fault instanceof Error ? Reflect.get(seen.fault, 'code') : undefined;
    if (code === 'deadlock') return { kind: 'did-not-settle', reasons: [String(seen.fault)] };
    const text = seen.fault instanceof Error ? (seen.fault.stack ?? seen.fault.message) : String(seen.fault);
    return { kind: 'harness-fault', text: text.split('\n').slice(0, 6).join(' | ') };
  }
  if (seen.leaks.length > 0) return { kind: 'nondeterminism', digests: ['', ''], findings: seen.leaks };
  if (seen.violations.length > 0) return { kind: 'invariant', violations: seen.violations };
  if (seen.reasons.length > 0) return { kind: 'did-not-settle', reasons: seen.reasons };
  const silent = [...seen.silentRules, ...seen.outstandingKills];
  return silent.length > 0 ? { kind: 'fault-never-fired', rules: silent } : { kind: 'passed' };
}
