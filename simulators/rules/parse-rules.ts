import * as v from 'valibot';
import type { Action, Phase, Rule } from './rule.ts';
import { line, positive, share, timeMs } from './what/fields.ts';
import { faultOf, faults } from './what/index.ts';
import { everyPhase } from './what/phases.ts';

/** Rules that cannot be used. The message has one sentence per problem, parted by line feeds. */
export class RulesError extends Error {
  readonly code = 'bad-rules';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'RulesError';
    this.problems = problems;
  }
}

const range = v.union([
  positive,
  v.pipe(
    v.strictObject({ from: positive, to: positive }),
    v.check(({ from, to }) => from <= to, 'must not end before it begins'),
  ),
]);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Everything of a rule but its `what`, which the fault's own schema checks. */
const frameSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[\w.-]{1,80}$/, 'must be 1 to 80 letters, digits, ".", "_" or "-"')),
  where: v.strictObject({
    protocol: v.exactOptional(v.picklist(['pop3', 'smtp', 'imap', 'graph'])),
    phase: v.exactOptional(v.picklist(everyPhase)),
    command: v.exactOptional(line),
    mailbox: v.exactOptional(line),
    connection: v.exactOptional(range),
    argument: v.exactOptional(line),
  }),
  when: v.exactOptional(
    v.strictObject({
      hits: v.exactOptional(range),
      everyNth: v.exactOptional(positive),
      fromMs: v.exactOptional(timeMs),
      untilMs: v.exactOptional(timeMs),
      chance: v.exactOptional(share),
    }),
  ),
  what: v.looseObject({ kind: v.picklist(Object.keys(faults)) }),
  expect: v.exactOptional(
    v.strictObject({ atLeast: v.exactOptional(count), atMost: v.exactOptional(count) }),
  ),
});

/**
 * Rules from scenario data (a list of them). Throws `RulesError`, which names every problem with its place: an unknown
 * key or kind, a wrong value, a fault at a phase it makes no sense at, an id that stands twice.
 */
export function parseRules(input: unknown): Rule[] {
  if (!Array.isArray(input))
    throw new RulesError([`Rules must be a list, not ${shown(input)}: put each rule in [ ].`]);
  const problems: string[] = [];
  const rules: Rule[] = [];
  const ids = new Set<string>();
  input.forEach((entry: unknown, index) => {
    const rule = parseRule(entry, index, problems);
    if (rule === undefined) return;
    if (ids.has(rule.id))
      problems.push(`Rule ${index + 1} has the id "${rule.id}" of an earlier rule: give it its own.`);
    ids.add(rule.id);
    rules.push(rule);
  });
  if (problems.length > 0) throw new RulesError(problems);
  return rules;
}

function parseRule(entry: unknown, index: number, problems: string[]): Rule | undefined {
  const place = `rule ${index + 1}`;
  const frame = v.safeParse(frameSchema, entry);
  if (!frame.success) {
    problems.push(...frame.issues.map((issue) => sentence(issue, '', place)));
    return undefined;
  }
  const { what: rawWhat, ...rest } = frame.output;
  // The frame lets pass only kinds that are registered.
  const fault = faultOf(rawWhat.kind as Action['kind']);
  const what = v.safeParse(fault.schema, rawWhat);
  if (!what.success) {
    problems.push(...what.issues.map((issue) => sentence(issue, 'what.', place)));
    return undefined;
  }
  const { phase, protocol } = rest.where;
  if (protocol !== undefined && fault.notOver?.includes(protocol) === true) {
    problems.push(
      `where.protocol of ${place} is "${protocol}", over which "${fault.kind}" has nothing to change: use another protocol or another fault.`,
    );
    return undefined;
  }
  if (phase !== undefined && !fault.phases.includes(phase)) {
    problems.push(misplaced(fault.kind, phase, fault.phases, place));
    return undefined;
  }
  const { fromMs = 0, untilMs } = rest.when ?? {};
  if (untilMs !== undefined && untilMs <= fromMs) {
    problems.push(`when.untilMs of ${place} is not after its fromMs (${fromMs}): the rule could never fire.`);
    return undefined;
  }
  return { ...rest, what: what.output };
}

function misplaced(kind: string, phase: Phase, phases: readonly Phase[], place: string): string {
  return `where.phase of ${place} is "${phase}", where "${kind}" makes no sense: use ${phases.join(', ')}, or leave it out.`;
}

function sentence(issue: v.BaseIssue<unknown>, prefix: string, place: string): string {
  const path = v.getDotPath(issue);
  const where = path === null ? place : `${prefix}${path} of ${place}`;
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return `${where} is not known: remove it.`;
  if (issue.received === 'undefined') return `${where} is missing: add it.`;
  const ours = issue.type === 'regex' || issue.type === 'check';
  const wanted = ours || issue.expected === null ? issue.message : `must be ${issue.expected}`;
  return `${where} is ${shown(issue.input)}, but ${wanted}.`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
