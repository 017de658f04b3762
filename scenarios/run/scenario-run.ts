import type { Settings } from '../../engine/records/settings.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../engine/store/store.ts';
import { createWorld, line, sleep, type Traced, type World } from '../../simulators/index.ts';
import { mutantNamed } from '../mutants/index.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { operationEndMs } from '../operation.ts';
import { Recorder } from '../record/recorder.ts';
import { addressOf, type Scenario } from '../scenario.ts';
import type { RunReport } from '../suites/suite.ts';
import type { Verdict } from '../verdict.ts';
import { wayOf } from '../way.ts';
import { Checks } from './checks.ts';
import { CommitCounter } from './crashing-store.ts';
import { endStateOf } from './end-state-of.ts';
import { EngineHost } from './engine-host.ts';
import { performOperation } from './operations/index.ts';
import { plugInsFor } from './plug-ins.ts';
import { providerSpecs } from './provider-specs.ts';
import { type RunMailbox, type RunView, readFacts } from './run-view.ts';
import { Running } from './running.ts';
import { appSecretName, passwordOf } from './secrets.ts';
import { setUp } from './set-up.ts';
import { settingsFor } from './settings-for.ts';
import { Settling } from './settling.ts';
import { Tally } from './tally.ts';
import { truthOf } from './truth-of.ts';
import { verdictOf } from './verdict-of.ts';

export interface RunOptions {
  /** Keep series and timelines for a report. */
  readonly record?: boolean;
  /** Sees every event of the world's trace. */
  readonly watch?: ((event: Traced) => void) | undefined;
}

const traceTailLines = 200;
const checkEveryMs = 60_000;

/** One world with one engine in it, from its beginning to its books. */
export class ScenarioRun {
  readonly #scenario: Scenario;
  readonly #world: World;
  readonly #store: Store;
  readonly #mutant: Mutant | undefined;
  readonly #commits = new CommitCounter();
  readonly #host: EngineHost;
  readonly #running: Running;
  readonly #view: RunView;
  readonly #checks: Checks;
  readonly #settling: Settling;
  readonly #tally = new Tally();
  readonly #recorder: Recorder | undefined;
  #healedAtMs: number | undefined;
  #settledAtMs: number | undefined;

  constructor(scenario: Scenario, { record = false, watch }: RunOptions) {
    this.#scenario = scenario;
    const providers = providerSpecs(scenario);
    this.#world = createWorld({
      seed: scenario.seed,
      providers,
      rules: scenario.rules,
      link: { latencyMs: scenario.latencyMs },
      keepEvents: traceTailLines,
    });
    const world = this.#world;
    this.#store = openSqliteStore({ path: ':memory:' });
    this.#mutant = scenario.mutant === undefined ? undefined : mutantNamed(scenario.mutant);
    const settings = settingsFor(scenario, providers);
    const accesses = new Map(scenario.providers.map(({ domain, access }) => [domain, access]));
    const mailboxes = scenario.mailboxes.map((mailbox) => ({
      ...mailbox,
      access: accesses.get(mailbox.domain) ?? 'pop3-smtp',
      address: addressOf(mailbox),
    }));
    const byId = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]));
    const secretNames = [
      ...mailboxes.map(({ id }) => id),
      ...scenario.providers.map(({ domain }) => appSecretName(domain)),
    ];
    const passwords = new Map(secretNames.map((name) => [name, passwordOf(name)]));
    this.#recorder = record ? new Recorder(world.startMs, groupsOf(mailboxes)) : undefined;
    this.#host = new EngineHost({
      world,
      store: this.#store,
      settings,
      commits: this.#commits,
      mutant: this.#mutant,
      plugIns: plugInsFor(scenario, world.clock),
      secret: (name) => passwords.get(name) ?? '',
    });
    this.#running = new Running({
      world,
      host: this.#host,
      commits: this.#commits,
      byId,
      passwords,
      onQueued: (mailbox) => this.#recorder?.queued(mailbox.id, world.elapsedMs(), 1),
    });
    this.#view = this.#viewOf(settings, mailboxes, byId);
    this.#checks = new Checks(this.#view);
    this.#settling = new Settling(this.#view);
    world.trace.subscribe((event) => {
      this.#tally.onEvent(event);
      this.#settling.onEvent(event);
      this.#checks.onEvent(event);
      this.#recorder?.onEvent(event);
      watch?.(event);
    });
  }

  /** Runs, judges and reports. The world is over afterwards. */
  async toEnd(): Promise<RunReport> {
    let reasons: string[] = [];
    let fault: unknown;
    try {
      reasons = await this.#world.run(() => this.#live());
    } catch (error) {
      fault = error;
    }
    const facts = await readFacts(this.#store, this.#view.mailboxes);
    const { violations, counts } = await this.#checks.atEnd(facts);
    const endState = endStateOf(this.#view, facts);
    const silent = this.#world.rules.ledger().filter((rule) => !rule.asExpected);
    const traceTail = this.#world.trace.last().map(traceLine);
    const end = this.#world.end();
    const verdict = verdictOf({
      fault,
      violations,
      reasons,
      leaks: end.leaks.map((leak) => `${leak.resource} at ${leak.callSite}`),
      neverFired: [
        ...silent.map((rule) => rule.rule),
        ...this.#commits.outstanding.map((nth) => `kill at commit ${nth}`),
      ],
    });
    return {
      verdict,
      digest: end.digest,
      virtualMs: end.virtualMs,
      events: end.events,
      invariants: counts,
      measurements: [],
      ...this.#tally.counts(),
      recording: this.#recording(verdict, end.virtualMs),
      traceTail,
      endState,
      looks: this.#running.looks,
      commits: this.#commits.made,
      healedAtMs: this.#healedAtMs ?? end.virtualMs,
      settledAtMs: this.#settledAtMs,
    };
  }

  /** Lets everything go, whether or not the run came to its end. */
  async close(): Promise<void> {
    this.#world.end();
    await this.#store.close();
  }

  /** Faults, healing, convergence, quiet. Resolves with what had not converged. */
  async #live(): Promise<string[]> {
    const world = this.#world;
    const scenario = this.#scenario;
    await setUp(scenario, world, this.#mutant?.store?.(this.#store) ?? this.#store);
    // Deaths at a commit are in place before the first commit can be made.
    const operations = Promise.all(
      scenario.operations.map((operation) => performOperation(operation, this.#running)),
    );
    // What fails before it is waited for fails the run, not the process.
    operations.catch(() => {});
    await this.#host.start();
    const overMs = Math.max(0, ...scenario.operations.map((operation) => operationEndMs(operation) ?? 0));
    await this.#running.sleepUntil(Math.max(overMs, scenario.faultsUntilMs));
    await operations;
    world.rules.heal();
    this.#settling.heal();
    this.#healedAtMs = world.elapsedMs();
    world.trace.emit({ kind: 'phase', name: 'healed' });
    const deadlineMs = this.#healedAtMs + scenario.settleMs;
    let reasons = await this.#reasons();
    while (reasons.length > 0 && world.elapsedMs() < deadlineMs) {
      await sleep(world.clock, checkEveryMs);
      reasons = await this.#reasons();
    }
    if (reasons.length === 0) {
      this.#settledAtMs = world.elapsedMs();
      world.trace.emit({ kind: 'phase', name: 'settled' });
      await sleep(world.clock, scenario.quietMs);
    }
    await this.#host.stop();
    return reasons;
  }

  async #reasons(): Promise<string[]> {
    return this.#host.running ? this.#settling.reasons() : ['the engine is down'];
  }

  #viewOf(
    settings: Settings,
    mailboxes: readonly RunMailbox[],
    byId: ReadonlyMap<string, RunMailbox>,
  ): RunView {
    const healedAtMs = () => this.#healedAtMs;
    const settledAtMs = () => this.#settledAtMs;
    return {
      scenario: this.#scenario,
      settings,
      startMs: this.#world.startMs,
      mailboxes,
      byId,
      byAddress: new Map(mailboxes.map((mailbox) => [mailbox.address, mailbox])),
      truth: truthOf(this.#world, this.#scenario),
      store: this.#store,
      queued: this.#running.queued,
      performed: this.#running.performed,
      flagChanges: this.#running.flagChanges,
      deaths: this.#host.deaths,
      get healedAtMs() {
        return healedAtMs();
      },
      get settledAtMs() {
        return settledAtMs();
      },
      nowMs: () => this.#world.elapsedMs(),
    };
  }

  #recording(verdict: Verdict, virtualMs: number): RunReport['recording'] {
    if (this.#recorder === undefined) return undefined;
    const { suite, seed, providers } = this.#scenario;
    const profiles = providers.map(wayOf).join(' and ');
    return {
      title: `${suite} with ${profiles}`,
      suite,
      seed,
      profile: profiles,
      verdict: verdict.kind,
      startsAtMs: this.#world.startMs,
      virtualMs,
      healedAtMs: this.#healedAtMs ?? virtualMs,
      ...this.#recorder.finish(virtualMs),
    };
  }
}

/** The domain of each mailbox, by both of its names. */
function groupsOf(mailboxes: readonly RunMailbox[]): Map<string, string> {
  return new Map(
    mailboxes.flatMap(({ id, address, domain }) => [[id, domain] as const, [address, domain] as const]),
  );
}

/** An event as a line of a capsule: its time, and what it says. */
function traceLine({ atMs, n: _, ...event }: Traced): string {
  return `${atMs} ${line(event)}`.trimEnd().replaceAll('\r\n', ' | ');
}
