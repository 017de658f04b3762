import { createSign } from 'node:crypto';
import { drawnUuid } from '../entropy/drawn-uuid.ts';
import type { ServerContext } from '../server-context.ts';
import type { AadstsCode } from './aadsts.ts';
import { AccessTokens } from './access-tokens.ts';
import { DeviceCodes } from './device-codes.ts';
import type { ClientProof } from './prove-client.ts';
import { type Consent, RefreshTokens } from './refresh-tokens.ts';
import type { RegisteredApp } from './registered-app.ts';
import type { RequestedScopes } from './scopes.ts';
import { signingKey } from './signing-key.ts';
import { TokenRefusal } from './token-refusal.ts';

export interface DeskOptions {
  readonly context: ServerContext;
  readonly host: string;
  readonly tenant: string;
  readonly apps: readonly RegisteredApp[];
  readonly lifetimeSeconds: number;
}

/** What one tenant knows and hands out: its applications, its users as far as sign-in goes, and all tokens. */
export class TokenDesk {
  readonly tenant: string;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly deviceCodes: DeviceCodes;
  readonly lifetimeSeconds: number;
  readonly #context: ServerContext;
  readonly #issuer: string;
  readonly #apps: ReadonlyMap<string, RegisteredApp>;
  readonly #refusedUsers = new Map<string, AadstsCode>();

  constructor({ context, host, tenant, apps, lifetimeSeconds }: DeskOptions) {
    this.#context = context;
    this.tenant = tenant;
    this.lifetimeSeconds = lifetimeSeconds;
    this.#issuer = `https://${host}/${tenant}/`;
    this.#apps = new Map(apps.map((app) => [app.clientId.toLowerCase(), app]));
    this.accessTokens = new AccessTokens(context.clock, this.#issuer);
    this.refreshTokens = new RefreshTokens(context.entropy);
    this.deviceCodes = new DeviceCodes(context.entropy);
  }

  get nowMs(): number {
    return this.#context.clock.now();
  }

  /** Throws `TokenRefusal` when the tenant does not know the application or has switched it off. */
  app(clientId: string): RegisteredApp {
    const app = this.#apps.get(clientId.toLowerCase());
    if (app === undefined || app.removed)
      throw new TokenRefusal(700016, { app: clientId, tenant: this.tenant });
    if (app.disabled) throw new TokenRefusal(7000112, { app: clientId });
    return app;
  }

  /** Every grant of this user is refused with `code` from now on; undefined: no longer. */
  refuseUser(address: string, code: AadstsCode | undefined): void {
    if (code === undefined) this.#refusedUsers.delete(address.toLowerCase());
    else this.#refusedUsers.set(address.toLowerCase(), code);
  }

  /** Throws `TokenRefusal` when this user gets no tokens now. */
  judgeUser(user: string, app: RegisteredApp): void {
    const mailbox = this.#context.mail.find(user);
    if (mailbox === undefined) throw new TokenRefusal(50034, { user, tenant: this.tenant });
    if (mailbox.credentials.disabled) throw new TokenRefusal(50057);
    const code = this.#refusedUsers.get(user.toLowerCase());
    if (code !== undefined) throw new TokenRefusal(code, { user, app: app.clientId, tenant: this.tenant });
  }

  /** What the token endpoint gives an application in its own name. */
  applicationTokens(app: RegisteredApp, scopes: RequestedScopes, proof: ClientProof): object {
    return this.#reply(this.#accessToken(app, undefined, scopes, proof));
  }

  /** What it gives an application for a user: with a new refresh token, and an id token where one is asked for. */
  userTokens(
    app: RegisteredApp,
    consent: Consent,
    scopes: RequestedScopes,
    proof: ClientProof,
    clientInfo: boolean,
  ): object {
    const { user } = consent;
    return {
      ...this.#reply(this.#accessToken(app, user, scopes, proof)),
      scope: scopes.granted.map((name) => `${scopes.resource}/${name}`).join(' '),
      ...(scopes.offline ? { refresh_token: this.refreshTokens.issue(consent, this.nowMs) } : {}),
      ...(scopes.signIn ? { id_token: this.#idToken(app, user) } : {}),
      ...(clientInfo ? { client_info: encode({ uid: this.#objectId(user), utid: this.tenant }) } : {}),
    };
  }

  #reply(accessToken: string): object {
    const seconds = this.lifetimeSeconds;
    return {
      token_type: 'Bearer',
      expires_in: seconds,
      ext_expires_in: seconds,
      access_token: accessToken,
    };
  }

  #accessToken(
    app: RegisteredApp,
    user: string | undefined,
    { granted, resource }: RequestedScopes,
    proof: ClientProof,
  ): string {
    const { tenant, lifetimeSeconds } = this;
    const expiresAtMs = Math.floor(this.nowMs / 1000) * 1000 + lifetimeSeconds * 1000;
    const token = { appId: app.clientId, tenant, roles: granted, expiresAtMs };
    return this.accessTokens.issue(user === undefined ? token : { ...token, user }, {
      audience: resource,
      uti: this.#context.entropy.bytes(16, 'oauth.uti', user ?? app.clientId).toString('base64url'),
      subject: this.#objectId(user ?? app.clientId),
      proof,
    });
  }

  #idToken(app: RegisteredApp, user: string): string {
    const nowSeconds = Math.floor(this.nowMs / 1000);
    const { kid, privateKey } = signingKey();
    const oid = this.#objectId(user);
    const claims = {
      aud: app.clientId,
      iss: `${this.#issuer}v2.0`,
      iat: nowSeconds,
      nbf: nowSeconds,
      exp: nowSeconds + 3600,
      name: user,
      oid,
      preferred_username: user,
      sub: oid,
      tid: this.tenant,
      ver: '2.0',
    };
    const signed = `${encode({ typ: 'JWT', alg: 'RS256', kid })}.${encode(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  }

  #objectId(name: string): string {
    return drawnUuid(this.#context.entropy, 'oauth.object-id', name.toLowerCase(), 0);
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
