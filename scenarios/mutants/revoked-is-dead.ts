import type { Mutant } from './mutant.ts';

const dead = (): Response =>
  Response.json(
    {
      error: 'invalid_grant',
      error_description: 'AADSTS50057: The user account is disabled.',
      error_codes: [50057],
    },
    { status: 400 },
  );

export const revokedIsDead: Mutant = {
  name: 'revoked-is-dead',
  bug: 'A token that was revoked is taken for a credential that is dead, and its mailboxes are disabled.',
  breaks: ['INV-20'],
  connector: (connector) => {
    let refused = false;
    return {
      connect: (to, signal) => connector.connect(to, signal),
      upgrade: (stream, to, signal) => connector.upgrade(stream, to, signal),
      connectSocket: (to, signal) => connector.connectSocket(to, signal),
      fetch: async (url, init, trust) => {
        if (refused && /\/token(?:\?|$)/.test(url)) return dead();
        const response = await connector.fetch(url, init, trust);
        refused ||= response.status === 401;
        return response;
      },
    };
  },
};
