import type { HttpHandler } from '../http/http-handler.ts';
import type { ServerContext } from '../server-context.ts';
import type { AadstsCode } from './aadsts.ts';
import type { AppSpec } from './app-spec.ts';
import { LoginHost } from './login-host.ts';
import { RegisteredApp } from './registered-app.ts';
import type { AccessToken, TokenAuthority } from './token-authority.ts';
import { TokenDesk } from './token-desk.ts';

export interface OAuthOptions {
  /** Its name in the world: `login.alpha.test`. */
  readonly host: string;
  /** The directory its users are in, a UUID or a domain; it is the first part of every path. */
  readonly tenant: string;
  readonly apps: readonly AppSpec[];
  /** How long an access token lives. Default 3,599 s, as reported of Entra. */
  readonly tokenLifetimeSeconds?: number;
}

/** Whose tokens are revoked. Access tokens live on until they expire, as Entra's do, unless they are named too. */
export type Revocation =
  /** One token, of either kind. */
  | { readonly token: string }
  /** A user changed the password, or an administrator ended all sessions. */
  | { readonly user: string; readonly accessTokens?: boolean }
  | { readonly clientId: string; readonly accessTokens?: boolean };

/** The identity platform of one provider: a web server, the judge of its tokens, and what its administrators can do. */
export interface OAuthService {
  readonly host: string;
  readonly tenant: string;
  /** `https://login.alpha.test/<tenant>`, the authority of clients. */
  readonly authorityUrl: string;
  /** With the secrets they have now. */
  readonly apps: readonly RegisteredApp[];
  readonly handle: HttpHandler;
  readonly authority: TokenAuthority;
  /** A refresh token as if the user had signed in and agreed to all the application may do. Default: the first application. */
  issueRefreshToken(address: string, clientId?: string): string;
  /** The user typed in the code a device showed, and agreed. Throws when no device waits for that code. */
  approve(userCode: string, address: string): void;
  decline(userCode: string): void;
  revoke(what: Revocation): void;
  /** Every sign-in of this user is refused with an AADSTS code (50076, 53003, 50057 …); undefined: no longer. */
  refuseUser(address: string, code: AadstsCode | undefined): void;
}

/** Opens the identity platform of one provider. Throws when no application is given, or two have one id. */
export function createOAuthService(context: ServerContext, options: OAuthOptions): OAuthService {
  const { host, tenant, tokenLifetimeSeconds: lifetimeSeconds = 3599 } = options;
  const apps = options.apps.map((spec) => new RegisteredApp(spec));
  const [first] = apps;
  if (first === undefined) throw new Error(`The tenant ${tenant} has no application: name at least one.`);
  const ids = apps.map(({ clientId }) => clientId.toLowerCase());
  const doubled = ids.find((id, n) => ids.indexOf(id) !== n);
  if (doubled !== undefined)
    throw new Error(`Two applications of the tenant ${tenant} have the client id ${doubled}.`);
  const desk = new TokenDesk({ context, host, tenant, apps, lifetimeSeconds });
  const loginHost = new LoginHost(context, desk, host);
  const ofUser =
    (address: string) =>
    ({ user }: { readonly user?: string }): boolean =>
      user === address.toLowerCase();

  return {
    host,
    tenant,
    authorityUrl: `https://${host}/${tenant}`,
    apps,
    handle: loginHost.handle,
    authority: desk.accessTokens,
    issueRefreshToken(address, clientId = first.clientId) {
      const { roles } = desk.app(clientId);
      return desk.refreshTokens.issue(
        { clientId, user: address.toLowerCase(), scopes: [...roles, 'offline_access'] },
        desk.nowMs,
      );
    },
    approve: (userCode, address) => desk.deviceCodes.answer(userCode, { user: address.toLowerCase() }),
    decline: (userCode) => desk.deviceCodes.answer(userCode, 'declined'),
    revoke(what) {
      if ('token' in what) {
        desk.refreshTokens.revoke((_, text) => text === what.token);
        desk.accessTokens.revoke((_, text) => text === what.token);
        return;
      }
      const { accessTokens = false } = what;
      const refresh =
        'user' in what
          ? ofUser(what.user)
          : ({ clientId }: { readonly clientId: string }): boolean => clientId === what.clientId;
      desk.refreshTokens.revoke(refresh);
      if (!accessTokens) return;
      const access =
        'user' in what ? ofUser(what.user) : ({ appId }: AccessToken): boolean => appId === what.clientId;
      desk.accessTokens.revoke(access);
    },
    refuseUser: (address, code) => desk.refuseUser(address, code),
  };
}
