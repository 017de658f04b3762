import * as v from 'valibot';
import type { Rule } from '../simulators/index.ts';
import { parseRules, RulesError } from '../simulators/rules/parse-rules.ts';
import { InputError } from './input-error.ts';
import { mutantNamed, mutants } from './mutants/index.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/**
 * Checks a scenario from outside and fills in its defaults. Unknown keys, sizes beyond the bounds and references to
 * mailboxes that are not there are refused with one sentence that names the place.
 */
export function readScenario(input: unknown, from = 'the scenario'): Scenario {
  const parsed = v.safeParse(scenarioSchema, input, { abortEarly: true, abortPipeEarly: true });
  if (!parsed.success) throw new InputError(sentenceFor(parsed.issues[0], from));
  const scenario = { ...parsed.output, rules: readRules(parsed.output.rules, from) };
  const domains = new Set(scenario.providers.map((provider) => provider.domain));
  requireUnique(
    scenario.providers.map((provider) => provider.domain),
    'domain',
    `providers of ${from}`,
  );
  requireUnique(
    scenario.mailboxes.map((mailbox) => mailbox.id),
    'id',
    `mailboxes of ${from}`,
  );
  requireUnique(
    scenario.operations.map((operation) => operation.id),
    'id',
    `operations of ${from}`,
  );
  for (const mailbox of scenario.mailboxes) {
    if (!domains.has(mailbox.domain)) {
      throw new InputError(
        `mailbox "${mailbox.id}" of ${from} is in the domain "${mailbox.domain}", which no provider has; use one of ${[...domains].join(', ')}`,
      );
    }
  }
  if (scenario.mutant !== undefined && mutantNamed(scenario.mutant) === undefined) {
    throw new InputError(
      `${from} asks for the mutant "${scenario.mutant}", which is not there; use one of ${mutants.map((mutant) => mutant.name).join(', ')}`,
    );
  }
  const ids = new Set(scenario.mailboxes.map((mailbox) => mailbox.id));
  for (const operation of scenario.operations) {
    if ('mailbox' in operation && !ids.has(operation.mailbox)) {
      throw new InputError(
        `operation "${operation.id}" of ${from} names the mailbox "${operation.mailbox}", which is not there; add it to mailboxes`,
      );
    }
  }
  return scenario;
}

function readRules(rules: readonly unknown[], from: string): Rule[] {
  try {
    return parseRules(rules);
  } catch (error) {
    if (error instanceof RulesError) throw new InputError(`${from}: ${error.problems[0]}`);
    throw error;
  }
}

function requireUnique(values: readonly string[], field: string, where: string): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value))
      throw new InputError(`the ${field} "${value}" stands twice in the ${where}; each must be unique`);
    seen.add(value);
  }
}

/** One sentence for the first thing wrong: where it is, what was found, what is allowed. */
export function sentenceFor(issue: v.BaseIssue<unknown>, from: string): string {
  const place = v.getDotPath(issue) ?? '';
  const at = place === '' ? from : `${place} of ${from}`;
  if (issue.expected === 'never') return `${at} is not known; remove it or check its spelling`;
  if (issue.received === 'undefined') return `${at} is missing; it must be ${issue.expected}`;
  const told = issue.message.startsWith('Invalid')
    ? `must be ${issue.expected}, not ${issue.received}`
    : issue.message;
  return `${at} is wrong: ${told}`;
}
