import type { Clock } from '../clock/clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import { drawDelay } from '../network/latency.ts';
import type { Protocol, Trace } from '../trace/event.ts';
import { CompiledRule } from './compiled-rule.ts';
import { type Decision, DecisionLog } from './decision-log.ts';
import type { Intervention, Phase, Rule, RuleBook, RuleCount, Site } from './rule.ts';
import { everyPhase } from './what/phases.ts';

export interface RuleBookOptions {
  readonly rules: readonly Rule[];
  readonly clock: Clock;
  /** When the world began, ms since the Unix epoch; the times of rules count from here. */
  readonly startMs: number;
  readonly entropy: Entropy;
  readonly trace: Trace;
  /** Called at each firing of `kill`, before the server that asked hears of it. */
  readonly onKill?: (rule: string) => void;
}

const protocols: readonly Protocol[] = ['pop3', 'smtp', 'imap', 'graph'];
const remembered = 100;

/**
 * The rules of a world. Rules wait at the protocol and phase they can apply at, so that every other site costs one
 * look-up; a rule that can never fire again waits nowhere, and its matches are no longer counted.
 * Throws when two rules have one id: their ledger lines could not be told apart.
 */
export function createRuleBook(options: RuleBookOptions): RuleBook {
  return new WaitingRules(options);
}

class WaitingRules implements RuleBook {
  readonly #options: RuleBookOptions;
  readonly #all: readonly CompiledRule[];
  readonly #waiting: ReadonlyMap<Protocol, Map<Phase, readonly CompiledRule[]>>;
  readonly #log = new DecisionLog(remembered);
  #live: number;
  #healed = false;

  constructor(options: RuleBookOptions) {
    this.#options = options;
    this.#all = options.rules.map((rule) => new CompiledRule(rule));
    this.#live = this.#all.length;
    const ids = new Set<string>();
    for (const compiled of this.#all) {
      const { id } = compiled.rule;
      if (ids.has(id)) throw new Error(`Two rules have the id "${id}": give each rule of a world its own.`);
      ids.add(id);
    }
    this.#waiting = new Map(protocols.map((protocol) => [protocol, this.#waitingFor(protocol)]));
  }

  get active(): boolean {
    return this.#live > 0;
  }

  at(site: Site): Intervention | undefined {
    const candidates = this.#waiting.get(site.protocol)?.get(site.phase);
    if (candidates === undefined || candidates.length === 0) return undefined;
    const elapsedMs = this.#options.clock.now() - this.#options.startMs;
    const decisions: Decision[] = [];
    const rules: string[] = [];
    const actions: Intervention['actions'][number][] = [];
    let delayMs = 0;
    let spent = false;
    for (const candidate of candidates) {
      const { id, what } = candidate.rule;
      const objection = candidate.objectionTo(site, elapsedMs) ?? this.#chanceObjection(candidate);
      spent ||= candidate.spent;
      decisions.push({ rule: id, outcome: objection ?? 'fired' });
      if (objection !== undefined) continue;
      candidate.fired += 1;
      rules.push(id);
      this.#tell(id, what.kind, site);
      if (what.kind === 'delay') delayMs += drawDelay(what.delayMs, this.#options.entropy, 'rule.delay', id);
      else actions.push(what);
      if (what.kind === 'kill') this.#options.onKill?.(id);
    }
    this.#log.add(site, decisions);
    if (spent) this.#dismissSpent();
    return rules.length === 0 ? undefined : { rules, delayMs, actions };
  }

  heal(): void {
    this.#healed = true;
    this.#live = 0;
    for (const phases of this.#waiting.values()) phases.clear();
  }

  ledger(): readonly RuleCount[] {
    return this.#all.map((compiled) => ({
      rule: compiled.rule.id,
      matched: compiled.matched,
      fired: compiled.fired,
      asExpected: compiled.asExpected,
    }));
  }

  explain(): readonly string[] {
    const unmet = this.#all.filter(({ considered }) => considered === 0);
    return [
      ...this.#log.lines(),
      ...unmet.map(
        ({ rule, phase }) =>
          `${rule.id}: nothing ever happened at ${rule.where.protocol ?? 'any protocol'}, ${phase}`,
      ),
      ...(this.#healed ? ['The world is healed: no rule fires any more.'] : []),
    ];
  }

  #chanceObjection({ rule, matched }: CompiledRule): string | undefined {
    const chance = rule.when?.chance;
    if (chance === undefined || this.#options.entropy.float('rule.chance', rule.id, matched) < chance)
      return undefined;
    return 'its chance did not come up';
  }

  #tell(rule: string, action: string, { protocol, connection, mailbox, phase, command }: Site): void {
    this.#options.trace.emit({ kind: 'fault', rule, action, protocol, connection, mailbox, phase, command });
  }

  #dismissSpent(): void {
    if (this.#healed) return;
    this.#live = this.#all.filter(({ spent }) => !spent).length;
    for (const phases of this.#waiting.values())
      for (const [phase, waiting] of phases)
        if (waiting.some(({ spent }) => spent))
          phases.set(
            phase,
            waiting.filter(({ spent }) => !spent),
          );
  }

  #waitingFor(protocol: Protocol): Map<Phase, readonly CompiledRule[]> {
    const concerned = this.#all.filter(({ rule }) => (rule.where.protocol ?? protocol) === protocol);
    return new Map(
      everyPhase.map((phase) => [phase, concerned.filter((compiled) => compiled.phase === phase)]),
    );
  }
}
