import { describe, expect, it } from 'vitest';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import type { Trace, TraceEvent } from '../trace/event.ts';
import type { Rule, RuleBook, Site } from './rule.ts';
import { createRuleBook } from './rule-book.ts';

const startMs = 1_000_000;

class Bench {
  elapsedMs = 0;
  readonly events: TraceEvent[] = [];
  readonly book: RuleBook;
  readonly killed: string[] = [];
  constructor(rules: readonly Rule[], seed = 1) {
    const trace: Trace = { emit: (event) => void this.events.push(event), subscribe: () => () => {} };
    const clock = { now: () => startMs + this.elapsedMs, setTimeout: () => ({}), clearTimeout: () => {} };
    const entropy = new KeyedEntropy(seed);
    this.book = createRuleBook({
      rules,
      clock,
      startMs,
      entropy,
      trace,
      onKill: (id) => this.killed.push(id),
    });
  }
  /** Which of `n` equal sites each rule fired at, counted from 1. */
  firings(n: number, site: Site = retr): number[] {
    return Array.from({ length: n }, (_, at) => at + 1).filter(() => this.book.at(site) !== undefined);
  }
}

const retr: Site = {
  protocol: 'pop3',
  phase: 'command',
  command: 'RETR',
  argument: '3',
  mailbox: 'ann@alpha.test',
  connection: 'pop3#2',
  ordinal: 2,
};

function rule(over: Partial<Rule> = {}): Rule {
  return {
    id: 'r',
    where: { protocol: 'pop3', phase: 'command', command: 'RETR' },
    what: { kind: 'reset' },
    ...over,
  };
}

// Policy: a rule fires exactly where and when its data says, and what it did can be read afterwards.
describe('where', () => {
  const where: [string, Rule['where'], boolean][] = [
    ['everything', { ...retr, connection: 2 }, true],
    ['its usual phase, when it names none', { command: 'RETR' }, true],
    ['commands in any case', { command: 'retr' }, true],
    ['a range of connections', { connection: { from: 1, to: 2 } }, true],
    ['another protocol', { protocol: 'smtp' }, false],
    ['another phase', { phase: 'reply' }, false],
    ['another command', { command: 'TOP' }, false],
    ['another mailbox', { mailbox: 'bob@alpha.test' }, false],
    ['another argument', { argument: '4' }, false],
    ['another connection', { connection: 1 }, false],
  ];
  it.each(where)('%s', (_, place, fires) => {
    expect(new Bench([rule({ where: place })]).book.at(retr) !== undefined).toBe(fires);
  });
});

describe('when', () => {
  it('the nth match, a range of matches, every nth', () => {
    expect(new Bench([rule({ when: { hits: 3 } })]).firings(6)).toEqual([3]);
    expect(new Bench([rule({ when: { hits: { from: 2, to: 4 } } })]).firings(6)).toEqual([2, 3, 4]);
    expect(new Bench([rule({ when: { everyNth: 2 } })]).firings(6)).toEqual([2, 4, 6]);
  });

  it('from one time on, and before another, since the world began', () => {
    const bench = new Bench([rule({ when: { fromMs: 10, untilMs: 20 } })]);
    const fired = [9, 10, 19, 20].filter((elapsedMs) => {
      bench.elapsedMs = elapsedMs;
      return bench.book.at(retr) !== undefined;
    });
    expect(fired).toEqual([10, 19]);
    expect(bench.book.active).toBe(false);
  });

  it('by chance, the same for one seed whatever other rules there are', () => {
    const half = rule({ when: { chance: 0.5 } });
    const other = rule({ id: 'other', where: { command: 'RETR' }, when: { chance: 0 } });
    const fired = new Bench([half], 7).firings(200);
    expect(new Bench([other, half], 7).firings(200)).toEqual(fired);
    expect(new Bench([half], 8).firings(200)).not.toEqual(fired);
    expect(new Bench([{ ...half, id: 'renamed' }], 7).firings(200)).not.toEqual(fired);
    expect(fired.length).toBeGreaterThan(70);
    expect(fired.length).toBeLessThan(130);
  });
});

describe('what', () => {
  it('adds up delays and keeps the order of the rest', () => {
    const { book, events } = new Bench([
      rule({ id: 'a', what: { kind: 'delay', delayMs: 5 } }),
      rule({ id: 'b', what: { kind: 'duplicate-reply' } }),
      rule({ id: 'c', what: { kind: 'delay', delayMs: { fromMs: 10, toMs: 10 } } }),
      rule({ id: 'd', what: { kind: 'close' } }),
    ]);
    expect(book.at(retr)).toEqual({
      rules: ['a', 'b', 'c', 'd'],
      delayMs: 15,
      actions: [{ kind: 'duplicate-reply' }, { kind: 'close' }],
    });
    expect(events).toHaveLength(4);
    expect(events[0]).toEqual({
      kind: 'fault',
      rule: 'a',
      action: 'delay',
      protocol: 'pop3',
      connection: 'pop3#2',
      mailbox: 'ann@alpha.test',
      phase: 'command',
      command: 'RETR',
    });
  });

  it('draws delays with the median and tail asked for', () => {
    const { book } = new Bench([rule({ what: { kind: 'delay', delayMs: { p50Ms: 100, p99Ms: 1_000 } } })]);
    const drawn = Array.from({ length: 2_000 }, () => book.at(retr)?.delayMs ?? 0).sort((a, b) => a - b);
    expect(drawn[1_000]).toBeGreaterThan(90);
    expect(drawn[1_000]).toBeLessThan(110);
    expect(drawn.filter((delayMs) => delayMs > 1_000).length).toBeLessThan(40);
    expect(drawn.filter((delayMs) => delayMs > 1_000).length).toBeGreaterThan(5);
  });

  it('tells whoever can kill', () => {
    const bench = new Bench([rule({ what: { kind: 'kill' }, when: { hits: 2 } })]);
    bench.firings(3);
    expect(bench.killed).toEqual(['r']);
  });
});

describe('the book', () => {
  it('is not active without rules, after the last that could fire, or healed', () => {
    expect(new Bench([]).book.active).toBe(false);
    const once = new Bench([rule({ when: { hits: 1 } })]);
    expect(once.book.active).toBe(true);
    once.firings(1);
    expect(once.book.active).toBe(false);
    const healed = new Bench([rule()]);
    healed.book.heal();
    expect(healed.book.active).toBe(false);
    expect(healed.firings(3)).toEqual([]);
  });

  it('counts, and says whether that was expected', () => {
    const { book } = new Bench([
      rule({ id: 'fires', when: { hits: 2 } }),
      rule({ id: 'never', where: { command: 'TOP' } }),
      rule({ id: 'may-never', where: { command: 'TOP' }, expect: { atLeast: 0 } }),
      rule({ id: 'too-often', expect: { atMost: 2 } }),
    ]);
    for (let n = 0; n < 3; n += 1) book.at(retr);
    expect(book.ledger()).toEqual([
      { rule: 'fires', matched: 2, fired: 1, asExpected: true },
      { rule: 'never', matched: 0, fired: 0, asExpected: false },
      { rule: 'may-never', matched: 0, fired: 0, asExpected: true },
      { rule: 'too-often', matched: 3, fired: 3, asExpected: false },
    ]);
  });

  it('explains why a rule did not apply', () => {
    const { book } = new Bench([
      rule({ id: 'bob', where: { mailbox: 'bob@alpha.test' } }),
      rule({ id: 'second', when: { hits: 2 } }),
      rule({ id: 'dot', where: { protocol: 'smtp', phase: 'commit' } }),
    ]);
    book.at(retr);
    expect(book.explain()).toEqual([
      'pop3#2 command RETR ann@alpha.test: bob: another mailbox',
      'pop3#2 command RETR ann@alpha.test: second: a match before the first that counts',
      'dot: nothing ever happened at smtp, commit',
    ]);
  });

  it('forgets old decisions', () => {
    const { book } = new Bench([rule()]);
    for (let n = 1; n <= 250; n += 1) book.at({ ...retr, connection: `pop3#${n}` });
    const lines = book.explain();
    expect(lines).toHaveLength(100);
    expect(lines[0]).toMatch(/^pop3#151 /);
    expect(lines[99]).toMatch(/^pop3#250 /);
  });

  it('refuses two rules of one id', () => {
    expect(() => new Bench([rule(), rule()])).toThrow(
      'Two rules have the id "r": give each rule of a world its own.',
    );
  });
});
