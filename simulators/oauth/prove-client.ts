import { type AssertionContext, verifyAssertion } from './client-assertion.ts';
import type { RegisteredApp } from './registered-app.ts';
import { TokenRefusal } from './token-refusal.ts';

/** How an application proved who it is: not at all (a public client), by secret, or by certificate. */
export type ClientProof = '0' | '1' | '2';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Judges the credential in a token request (RFC 6749 2.3, RFC 7521 4.2). Public clients need none, but no application
 * gets a token in its own name without one. Throws `TokenRefusal`.
 */
export function proveClient(
  app: RegisteredApp,
  form: URLSearchParams,
  context: Omit<AssertionContext, 'app'>,
): ClientProof {
  const assertion = form.get('client_assertion');
  if (assertion !== null) {
    if (form.get('client_assertion_type') !== assertionType)
      throw new TokenRefusal(900144, { parameter: 'client_assertion_type' });
    verifyAssertion(assertion, { ...context, app });
    return '2';
  }
  const secret = form.get('client_secret');
  if (secret !== null) {
    const verdict = app.judgeSecret(secret, context.nowMs);
    if (verdict === 'good') return '1';
    throw new TokenRefusal(verdict === 'expired' ? 7000222 : 7000215, { app: app.clientId });
  }
  if (form.get('grant_type') === 'client_credentials') throw new TokenRefusal(7000216);
  if (!app.publicClient) throw new TokenRefusal(7000218);
  return '0';
}
