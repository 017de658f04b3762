import { CredentialTokens, type TokenSurroundings } from './credential-tokens.ts';
import type { TokenRequest, TokenSource } from './token-source.ts';

/** Opens the tokens of one engine: whoever has the same credential has the same token. */
export function openTokenSource(around: TokenSurroundings): TokenSource {
  const credentials = new Map<string, CredentialTokens>();
  const of = (request: TokenRequest): CredentialTokens => {
    const key = keyOf(request);
    const known = credentials.get(key);
    if (known !== undefined) return known;
    const tokens = new CredentialTokens(around);
    credentials.set(key, tokens);
    return tokens;
  };
  return {
    token: (request) => of(request).token(request),
    refused: (request, token) => of(request).refused(token),
  };
}

/** An application's own credential is one for all its mailboxes, a refresh token is one user's. */
function keyOf({ profile, mailbox }: TokenRequest): string {
  const { authority, clientId, baseUrl } = profile.graph;
  const { mechanism, secret, username } = mailbox.credential;
  const user = mechanism === 'refresh-token' ? username.toLowerCase() : '';
  return [authority, clientId, baseUrl, mechanism, secret, user].join('\n');
}
