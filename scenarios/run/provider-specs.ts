import type { ProviderSpec } from '../../simulators/index.ts';
import { loadProfile, profileNames, withLimits } from '../../simulators/profiles/index.ts';
import { InputError } from '../input-error.ts';
import { addressOf, type Scenario } from '../scenario.ts';
import { appSecretName, passwordOf } from './secrets.ts';

/**
 * The providers of a scenario, with the limits it sets to other numbers, and their mailboxes: a password opens each,
 * and a token of the same text.
 */
export function providerSpecs(scenario: Scenario): ProviderSpec[] {
  return scenario.providers.map((provider) => ({
    domain: provider.domain,
    profile: profileFor(provider),
    ...(provider.access === 'graph' && { apps: [appOf(provider.domain)] }),
    mailboxes: scenario.mailboxes
      .filter((mailbox) => mailbox.domain === provider.domain)
      .map((mailbox) => ({
        address: addressOf(mailbox),
        password: passwordOf(mailbox.id),
        tokens: [{ token: passwordOf(mailbox.id) }],
      })),
  }));
}

/** The application that may enter all mailboxes of a domain; a scenario has one, so that its id needs no draw. */
function appOf(domain: string): NonNullable<ProviderSpec['apps']>[number] {
  return { clientId: '8f1d2c6e-5b0a-4f3d-9c47-21e6a0b7d358', secret: passwordOf(appSecretName(domain)) };
}

function profileFor({ profile, limits, domain }: Scenario['providers'][number]): ProviderSpec['profile'] {
  if (!profileNames.includes(profile)) {
    throw new InputError(
      `provider ${domain} has the profile "${profile}", which is not there; use one of ${profileNames.join(', ')}`,
    );
  }
  try {
    return withLimits(loadProfile(profile), limits);
  } catch (error) {
    throw new InputError(
      `limits of provider ${domain}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
