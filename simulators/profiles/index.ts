import { dovecotPostfix } from './dovecot-postfix/index.ts';
import { exchangeOnline } from './exchange-online/index.ts';
import { exchangeOnprem } from './exchange-onprem/index.ts';
import { gmailConsumer } from './gmail-consumer/index.ts';
import { gmailWorkspace } from './gmail-workspace/index.ts';
import { outlookCom } from './outlook-com/index.ts';
import type { ProviderProfile } from './profile.ts';
import { yahoo } from './yahoo/index.ts';

export { documentedOnly } from './documented-only.ts';
export { withLimits } from './with-limits.ts';

const profiles: readonly ProviderProfile[] = [
  exchangeOnline,
  gmailWorkspace,
  gmailConsumer,
  outlookCom,
  yahoo,
  exchangeOnprem,
  dovecotPostfix,
];

/** The names `loadProfile` knows. */
export const profileNames: readonly string[] = profiles.map(({ name }) => name);

/** The profile of a name, or undefined. */
export function profileNamed(name: string): ProviderProfile | undefined {
  return profiles.find((profile) => profile.name === name);
}

/** The profile of a name. Throws one sentence that lists the names when there is none. */
export function loadProfile(name: string): ProviderProfile {
  const profile = profileNamed(name);
  if (profile === undefined)
    throw new Error(`There is no provider profile "${name}": use one of ${profileNames.join(', ')}.`);
  return profile;
}
