import { readScenario } from '../read-scenario.ts';
import type { Scenario, ScenarioInput } from '../scenario.ts';

export const minute = 60_000;
export const hour = 60 * minute;

/** A scenario with one provider, whose mailboxes are named. The seed is set by the campaign. */
export function scenarioOf(
  input: Omit<ScenarioInput, 'schema' | 'seed' | 'providers' | 'mailboxes'> & {
    profile: string;
    mailboxIds: readonly string[];
    limits?: ScenarioInput['providers'][number]['limits'];
    maxConcurrentConnections?: number;
    mailbox?: Partial<ScenarioInput['mailboxes'][number]>;
  },
): Scenario {
  const { profile, mailboxIds, limits, maxConcurrentConnections, mailbox, ...rest } = input;
  return readScenario({
    schema: 1,
    seed: 0,
    providers: [{ domain: 'alpha.test', profile, limits, maxConcurrentConnections }],
    mailboxes: mailboxIds.map((id) => ({ id, domain: 'alpha.test', ...mailbox })),
    ...rest,
  });
}
