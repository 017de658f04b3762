import type { Entropy } from '../entropy/entropy.ts';
import type { DelaySpec } from '../rules/rule.ts';

/** Draws whole milliseconds of a delay: fixed, uniform, or log-normal by its median and 99th percentile. */
export function drawDelay(spec: DelaySpec, entropy: Entropy, site: string, subject: string): number {
  if (typeof spec === 'number') return spec;
  if ('fromMs' in spec)
    return Math.round(spec.fromMs + entropy.float(site, subject) * (spec.toMs - spec.fromMs));
  const sigma = Math.log(spec.p99Ms / spec.p50Ms) / 2.326_347_874;
  return Math.round(spec.p50Ms * Math.exp(sigma * normal(entropy, site, subject)));
}

/** Box–Muller; the first draw is kept away from 0. */
function normal(entropy: Entropy, site: string, subject: string): number {
  const radius = Math.sqrt(-2 * Math.log(1 - entropy.float(site, subject)));
  return radius * Math.cos(2 * Math.PI * entropy.float(site, subject));
}
