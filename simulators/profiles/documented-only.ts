import type { Confidence } from '../limits/limiter.ts';
import type { ProviderProfile } from './profile.ts';

const documented: ReadonlySet<Confidence> = new Set(['D', 'D-src', 'D-RFC']);

/** The profile with only those limits and faults that are documented, read in source, or set by a standard. */
export function documentedOnly(profile: ProviderProfile): ProviderProfile {
  return {
    ...profile,
    limits: profile.limits.filter(({ confidence }) => documented.has(confidence)),
    faults: profile.faults.filter(({ confidence }) => documented.has(confidence)),
  };
}
