import { userScopes } from '../scopes.ts';
import { TokenRefusal } from '../token-refusal.ts';
import { jsonReply } from '../token-reply.ts';
import type { Grant } from './grant.ts';

/** A client asks whether its user has approved on another device by now (RFC 8628 3.4). */
export const deviceCode: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:device_code',
  lasting: true,
  judge({ desk, app, proof, form }) {
    const code = form.get('device_code') ?? '';
    if (code === '') throw new TokenRefusal(900144, { parameter: 'device_code' });
    const consent = desk.deviceCodes.poll(code, app.clientId, desk.nowMs);
    if (consent === 'slow-down')
      return { do: () => jsonReply(400, { error: 'slow_down', error_codes: [] }, '400 slow_down') };
    desk.judgeUser(consent.user, app);
    const scopes = userScopes(app, consent.scopes.join(' '));
    const clientInfo = form.get('client_info') === '1';
    return {
      user: consent.user,
      do: () => {
        desk.deviceCodes.finish(code);
        return jsonReply(200, desk.userTokens(app, consent, scopes, proof, clientInfo), '200');
      },
    };
  },
};
