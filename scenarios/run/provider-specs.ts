import {
  type LimiterDefinition,
  type ProviderProfile,
  type ProviderSpec,
  profileNamed,
} from '../../simulators/index.ts';
import { InputError } from '../input-error.ts';
import { addressOf, type Scenario } from '../scenario.ts';
import { passwordOf } from './secrets.ts';

/** The providers of a scenario, with their mailboxes and the limits it sets to other numbers. */
export function providerSpecs(scenario: Scenario): ProviderSpec[] {
  return scenario.providers.map(({ domain, profile: name, limits }) => ({
    domain,
    profile: withLimits(profileFor(name), limits, name),
    mailboxes: scenario.mailboxes
      .filter((mailbox) => mailbox.domain === domain)
      .map((mailbox) => ({ address: addressOf(mailbox), password: passwordOf(mailbox.id) })),
  }));
}

function profileFor(name: string): ProviderProfile {
  const profile = profileNamed(name);
  if (profile === undefined)
    throw new InputError(`there is no provider profile "${name}"; see mailclock serve --help`);
  return profile;
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
