import { grants } from './grants/index.ts';
import type { OAuthRoute } from './oauth-routes.ts';
import type { TokenDesk } from './token-desk.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What trace and rules may know of a request: its grant and client, each only where it is what it should be, since a
 * client may put a secret anywhere; and whose tokens it is about.
 */
export function describeAsk(
  form: URLSearchParams,
  route: OAuthRoute | undefined,
  desk: TokenDesk,
): { readonly argument: string | undefined; readonly user: string | undefined } {
  if (route?.kind !== 'token') return { argument: undefined, user: undefined };
  const grant = form.get('grant_type') ?? '';
  const client = form.get('client_id') ?? '';
  const kind = grants.has(grant) ? grant.slice(grant.lastIndexOf(':') + 1) : 'unknown';
  return {
    argument: uuid.test(client) ? `${kind} ${client}` : kind,
    user: desk.refreshTokens.userOf(form.get('refresh_token') ?? ''),
  };
}
