import type { Phase, Rule, Site } from './rule.ts';
import { faultOf } from './what/index.ts';

/** A rule with its counts, and its conditions in the form a site is checked against. */
export class CompiledRule {
  readonly rule: Rule;
  /** Where it applies: the phase it names, else its fault's usual one. */
  readonly phase: Phase;
  considered = 0;
  matched = 0;
  fired = 0;
  /** No later site can make it fire. */
  spent = false;
  readonly #command: string | undefined;
  readonly #mailbox: string | undefined;
  readonly #connectionFrom: number;
  readonly #connectionTo: number;
  readonly #hitFrom: number;
  readonly #hitTo: number;
  readonly #everyNth: number;
  readonly #fromMs: number;
  readonly #untilMs: number;

  constructor(rule: Rule) {
    const { where, when = {}, what } = rule;
    this.rule = rule;
    this.phase = where.phase ?? faultOf(what.kind).usualPhase;
    this.#command = where.command?.toUpperCase();
    this.#mailbox = where.mailbox?.toLowerCase();
    [this.#connectionFrom, this.#connectionTo] = rangeOf(where.connection);
    [this.#hitFrom, this.#hitTo] = rangeOf(when.hits);
    this.#everyNth = when.everyNth ?? 1;
    this.#fromMs = when.fromMs ?? Number.NEGATIVE_INFINITY;
    this.#untilMs = when.untilMs ?? Number.POSITIVE_INFINITY;
  }

  /** Undefined when the rule fires here, before its chance is drawn; else why it does not. Counts the match. */
  objectionTo(site: Site, elapsedMs: number): string | undefined {
    this.considered += 1;
    if (this.#command !== undefined && this.#command !== site.command?.toUpperCase())
      return 'another command';
    if (this.#mailbox !== undefined && this.#mailbox !== site.mailbox?.toLowerCase())
      return 'another mailbox';
    if (site.ordinal < this.#connectionFrom || site.ordinal > this.#connectionTo) return 'another connection';
    const { argument } = this.rule.where;
    if (argument !== undefined && argument !== site.argument) return 'another argument';
    if (elapsedMs < this.#fromMs) return 'too early';
    if (elapsedMs >= this.#untilMs) {
      this.spent = true;
      return 'too late';
    }
    this.matched += 1;
    if (this.matched >= this.#hitTo) this.spent = true;
    if (this.matched < this.#hitFrom) return 'a match before the first that counts';
    if (this.matched > this.#hitTo) return 'a match after the last that counts';
    if ((this.matched - this.#hitFrom + 1) % this.#everyNth !== 0) return 'a match between two that count';
    return undefined;
  }

  get asExpected(): boolean {
    const { atLeast = 1, atMost = Number.POSITIVE_INFINITY } = this.rule.expect ?? {};
    return this.fired >= atLeast && this.fired <= atMost;
  }
}

function rangeOf(
  range: number | { readonly from: number; readonly to: number } | undefined,
): [number, number] {
  if (range === undefined) return [1, Number.POSITIVE_INFINITY];
  return typeof range === 'number' ? [range, range] : [range.from, range.to];
}
