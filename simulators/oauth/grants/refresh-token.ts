import { userScopes } from '../scopes.ts';
import { TokenRefusal } from '../token-refusal.ts';
import { jsonReply } from '../token-reply.ts';
import type { Grant } from './grant.ts';

/** A user's client trades a refresh token for new tokens (RFC 6749 6). Without a scope it asks for the same again. */
export const refreshToken: Grant = {
  type: 'refresh_token',
  lasting: true,
  judge({ desk, app, proof, form }) {
    const token = form.get('refresh_token') ?? '';
    if (token === '') throw new TokenRefusal(900144, { parameter: 'refresh_token' });
    const consent = desk.refreshTokens.look(token, app.clientId, desk.nowMs);
    desk.judgeUser(consent.user, app);
    const scope = form.get('scope') ?? '';
    const asked = userScopes(app, scope === '' ? consent.scopes.join(' ') : scope);
    const clientInfo = form.get('client_info') === '1';
    return {
      user: consent.user,
      do: () => {
        desk.refreshTokens.used(token, desk.nowMs);
        // A refresh token begets one, whether or not offline_access is named again.
        const tokens = desk.userTokens(app, consent, { ...asked, offline: true }, proof, clientInfo);
        return jsonReply(200, tokens, '200');
      },
    };
  },
};
