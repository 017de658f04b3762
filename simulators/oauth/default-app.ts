import { drawnUuid } from '../entropy/drawn-uuid.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { AppSpec } from './app-spec.ts';

/** The application a tenant has when nobody names one: its id and secret are drawn by name, so that a seed repeats them. */
export function defaultApp(entropy: Entropy, domain: string): AppSpec {
  return {
    clientId: drawnUuid(entropy, 'oauth.app', domain, 0),
    secret: entropy.bytes(30, 'oauth.app-secret', domain, 0).toString('base64url'),
    publicClient: true,
  };
}
