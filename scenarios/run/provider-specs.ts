import type { LimiterDefinition, ProviderProfile, ProviderSpec } from '../../simulators/index.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';
import { InputError } from '../input-error.ts';
import { addressOf, type Scenario } from '../scenario.ts';
import { passwordOf } from './secrets.ts';

/**
 * The providers of a scenario, with their mailboxes (which a password opens, and a token of the same text) and the limits it sets to other numbers.
 */
export function providerSpecs(scenario: Scenario): ProviderSpec[] {
  return scenario.providers.map(({ domain, profile: name, limits }) => ({
    domain,
    profile: withLimits(loadProfile(name), limits, name),
    mailboxes: scenario.mailboxes
      .filter((mailbox) => mailbox.domain === domain)
      .map((mailbox) => ({
        address: addressOf(mailbox),
        password: passwordOf(mailbox.id),
        tokens: [{ token: passwordOf(mailbox.id) }],
      })),
  }));
}

type Limits = Scenario['providers'][number]['limits'];

function withLimits(profile: ProviderProfile, limits: Limits, name: string): ProviderProfile {
  for (const id of Object.keys(limits)) {
    if (!profile.limits.some((limiter) => limiter.id === id)) {
      throw new InputError(
        `the profile ${name} has no limiter "${id}"; it has ${profile.limits.map((limiter) => limiter.id).join(', ')}`,
      );
    }
  }
  return { ...profile, limits: profile.limits.map((limiter) => changed(limiter, limits[limiter.id])) };
}

function changed(limiter: LimiterDefinition, by: Limits[string] | undefined): LimiterDefinition {
  if (by === undefined) return limiter;
  const { window } = limiter;
  return {
    ...limiter,
    limit: by.limit ?? limiter.limit,
    enabled: by.enabled ?? limiter.enabled ?? true,
    window: 'periodMs' in window && by.periodMs !== undefined ? { ...window, periodMs: by.periodMs } : window,
  };
}
