import type { MailHost } from '../mailbox/mail-host.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { AccessToken, TokenAuthority, TokenCheck } from '../oauth/token-authority.ts';
import { GraphError } from './graph-error.ts';
import type { GraphRole } from './graph-route.ts';

type Refused = Extract<TokenCheck, { ok: false }>['reason'];

const refusals: Readonly<Record<Refused, string>> = {
  malformed: 'CompactToken parsing failed with error code: 80049217',
  expired: 'Access token has expired or is not yet valid.',
  revoked:
    'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
};

/** The audience of tokens for Graph, as challenges name it. */
const graphAppId = '00000003-0000-0000-c000-000000000000';

/** What a client is told to ask for, by who is asked (RFC 6750 section 3, and CAE for a token that was revoked). */
export function challenge(authority: string, reason?: Refused): string {
  const common = `Bearer realm="", authorization_uri="${authority}/common/oauth2/authorize", client_id="${graphAppId}"`;
  if (reason !== 'revoked') return common;
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString('base64');
  return `${common}, error="insufficient_claims", claims="${claims}"`;
}

/** The token of an Authorization header, checked. Throws `GraphError` 401 with the challenge. */
export function authorized(
  header: string | null,
  authority: TokenAuthority,
  authorityUrl: string,
): AccessToken {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? [];
  if (bearer === undefined)
    throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token is empty.', {
      'WWW-Authenticate': challenge(authorityUrl),
    });
  const check = authority.check(bearer);
  if (check.ok) return check.token;
  throw new GraphError(401, 'InvalidAuthenticationToken', refusals[check.reason], {
    'WWW-Authenticate': challenge(authorityUrl, check.reason),
  });
}

/** What a role stands for besides itself. */
const includes: Readonly<Partial<Record<GraphRole, readonly GraphRole[]>>> = {
  'Mail.ReadWrite': ['Mail.Read', 'Mail.ReadBasic'],
  'Mail.Read': ['Mail.ReadBasic'],
  'MailboxSettings.ReadWrite': ['MailboxSettings.Read'],
};

/** Whether a token may do what needs a role. */
export function mayDo({ roles }: AccessToken, needs: GraphRole | undefined): boolean {
  if (needs === undefined || roles.includes(needs)) return true;
  // Roles are whatever the app was given: one that is not known stands for itself.
  return roles.some((role) => includes[role as GraphRole]?.includes(needs) === true);
}

export const accessDenied = (): GraphError =>
  new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');

/** The mailbox a path names. Throws `GraphError` where there is none, or it is not for this token. */
export function mailboxFor(
  user: string,
  token: AccessToken,
  mail: MailHost,
  byId: (id: string) => Mailbox | undefined,
): Mailbox {
  if (user === 'me' && token.user === undefined)
    throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.');
  const mailbox = user === 'me' ? mail.find(token.user ?? '') : (mail.find(user) ?? byId(user));
  if (mailbox === undefined)
    throw new GraphError(404, 'ErrorInvalidUser', `The requested user '${user}' is invalid.`);
  if (token.user !== undefined && mail.find(token.user) !== mailbox) throw accessDenied();
  if (mailbox.credentials.disabled)
    throw new GraphError(
      404,
      'MailboxNotEnabledForRESTAPI',
      'REST API is not yet supported for this mailbox.',
    );
  return mailbox;
}
