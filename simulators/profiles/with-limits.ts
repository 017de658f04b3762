import type { LimiterDefinition } from '../limits/limiter.ts';
import type { ProviderProfile } from './profile.ts';

export interface LimitOverride {
  /** A number by itself turns the limiter on. */
  readonly limit?: number | undefined;
  /** For fixed and sliding windows. */
  readonly periodMs?: number | undefined;
  readonly enabled?: boolean | undefined;
}

/**
 * The profile with some limiters turned on or off or set to other numbers, by id. Throws one sentence when an id is
 * unknown or a period is given to a limiter without one.
 */
export function withLimits(
  profile: ProviderProfile,
  overrides: Readonly<Record<string, LimitOverride>>,
): ProviderProfile {
  const known = new Set(profile.limits.map(({ id }) => id));
  for (const id of Object.keys(overrides))
    if (!known.has(id))
      throw new Error(
        `The profile ${profile.name} has no limiter "${id}": use one of ${[...known].join(', ')}.`,
      );
  return { ...profile, limits: profile.limits.map((limiter) => overridden(limiter, overrides[limiter.id])) };
}

function overridden(limiter: LimiterDefinition, by: LimitOverride | undefined): LimiterDefinition {
  if (by === undefined) return limiter;
  const {
    limit = limiter.limit,
    periodMs,
    enabled = by.limit === undefined ? (limiter.enabled ?? true) : true,
  } = by;
  const changed = { ...limiter, limit, enabled };
  if (periodMs === undefined) return changed;
  const { window } = limiter;
  if (window.kind !== 'fixed' && window.kind !== 'sliding')
    throw new Error(
      `Limiter ${limiter.id} has no period to change: its window is ${window.kind}. Leave periodMs out.`,
    );
  return { ...changed, window: { ...window, periodMs } };
}
