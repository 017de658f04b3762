import { applicationScope } from '../scopes.ts';
import { TokenRefusal } from '../token-refusal.ts';
import { jsonReply } from '../token-reply.ts';
import type { Grant } from './grant.ts';

/** An application asks in its own name (RFC 6749 4.4). */
export const clientCredentials: Grant = {
  type: 'client_credentials',
  lasting: false,
  judge({ desk, app, proof, form }) {
    const scope = form.get('scope') ?? '';
    if (scope === '') throw new TokenRefusal(900144, { parameter: 'scope' });
    const scopes = applicationScope(app, scope);
    return { do: () => jsonReply(200, desk.applicationTokens(app, scopes, proof), '200') };
  },
};
