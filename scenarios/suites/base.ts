import { readScenario } from '../read-scenario.ts';
import type { Scenario, ScenarioInput } from '../scenario.ts';
import { readWay, wayOf } from '../way.ts';

export const minute = 60_000;
export const hour = 60 * minute;

/** A scenario with one provider, whose mailboxes are named. The seed is set by the campaign. */
export function scenarioOf(
  input: Omit<ScenarioInput, 'schema' | 'seed' | 'providers' | 'mailboxes'> & {
    /** With the access, as `readWay` reads it. */
    profile: string;
    mailboxIds: readonly string[];
    limits?: ScenarioInput['providers'][number]['limits'];
    maxConcurrentConnections?: number;
    hints?: boolean;
    mailbox?: Partial<ScenarioInput['mailboxes'][number]>;
  },
): Scenario {
  const { profile, mailboxIds, limits, maxConcurrentConnections, hints, mailbox, ...rest } = input;
  return readScenario({
    schema: 1,
    seed: 0,
    providers: [{ domain: 'alpha.test', ...readWay(profile), limits, maxConcurrentConnections, hints }],
    mailboxes: mailboxIds.map((id) => ({ id, domain: 'alpha.test', ...mailbox })),
    ...rest,
  });
}

/** The way of a scenario with one provider. */
export function wayIn({ providers: [provider] }: Scenario): string {
  return provider === undefined ? '' : wayOf(provider);
}
