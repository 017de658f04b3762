import type { Entropy } from '../entropy/entropy.ts';
import type { AppSpec } from './app-spec.ts';
import { defaultApp } from './default-app.ts';

/** The applications of a tenant: those named, else one drawn by name. */
export function appsOf(
  apps: readonly AppSpec[] | undefined,
  entropy: Entropy,
  domain: string,
): readonly AppSpec[] {
  return apps === undefined || apps.length === 0 ? [defaultApp(entropy, domain)] : apps;
}
