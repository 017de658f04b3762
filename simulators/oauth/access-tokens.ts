import { createSign, createVerify } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import { signingKey } from './signing-key.ts';
import type { AccessToken, TokenAuthority, TokenCheck } from './token-authority.ts';

/** What the token says besides what an `AccessToken` holds. */
export interface TokenClaims {
  readonly audience: string;
  readonly uti: string;
  readonly subject: string;
  /** How the application proved itself: `0` not at all, `1` by secret, `2` by certificate. */
  readonly proof: '0' | '1' | '2';
}

interface Issued {
  readonly token: AccessToken;
  revoked: boolean;
}

const malformed: TokenCheck = { ok: false, reason: 'malformed' };
const expired: TokenCheck = { ok: false, reason: 'expired' };
const revoked: TokenCheck = { ok: false, reason: 'revoked' };

/** Beyond so many live tokens the expired ones are forgotten; their signature still tells what they were. */
const sweepAbove = 4096;

/**
 * The access tokens of one tenant: JWTs (RFC 7519) signed with RS256, shaped like Entra's version 1 tokens for Graph.
 * Those that live are known by heart, so that a check costs a look-up; of any other the signature is verified.
 */
export class AccessTokens implements TokenAuthority {
  readonly #clock: Clock;
  readonly #issuer: string;
  readonly #issued = new Map<string, Issued>();
  #sweepAt = sweepAbove;

  /** `issuer` tells the tokens of one tenant from those of another that are signed with the same key. */
  constructor(clock: Clock, issuer: string) {
    this.#clock = clock;
    this.#issuer = issuer;
    // Here rather than at the first token, when a world runs: making a key takes real time.
    signingKey();
  }

  issue(token: AccessToken, claims: TokenClaims): string {
    const nowSeconds = Math.floor(this.#clock.now() / 1000);
    const { kid, privateKey } = signingKey();
    const { appId, tenant, user, roles, expiresAtMs } = token;
    const header = { typ: 'JWT', alg: 'RS256', x5t: kid, kid };
    const payload = {
      aud: claims.audience,
      iss: this.#issuer,
      iat: nowSeconds,
      nbf: nowSeconds,
      exp: Math.floor(expiresAtMs / 1000),
      appid: appId,
      appidacr: claims.proof,
      idtyp: user === undefined ? 'app' : 'user',
      oid: claims.subject,
      sub: claims.subject,
      ...(user === undefined ? { roles } : { scp: roles.join(' '), upn: user }),
      tid: tenant,
      uti: claims.uti,
      ver: '1.0',
    };
    const signed = `${encode(header)}.${encode(payload)}`;
    const text = `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
    if (this.#issued.size >= this.#sweepAt) this.#sweep();
    this.#issued.set(text, { token, revoked: false });
    return text;
  }

  check(text: string): TokenCheck {
    const issued = this.#issued.get(text);
    if (issued === undefined) return this.#wasOurs(text) ? expired : malformed;
    if (this.#clock.now() >= issued.token.expiresAtMs) return expired;
    return issued.revoked ? revoked : { ok: true, token: issued.token };
  }

  /** Refuses from now on every token issued so far that `matches`. */
  revoke(matches: (token: AccessToken, text: string) => boolean): void {
    for (const [text, issued] of this.#issued) if (matches(issued.token, text)) issued.revoked = true;
  }

  /** Issued here and forgotten since, which only expired tokens are. */
  #wasOurs(text: string): boolean {
    const [header = '', payload = '', signature = '', ...more] = text.split('.');
    if (signature === '' || more.length > 0) return false;
    const signed = createVerify('RSA-SHA256')
      .update(`${header}.${payload}`)
      .verify(signingKey().publicKey, signature, 'base64url');
    // What our own key has signed, we have written.
    const claims = signed ? (JSON.parse(decode(payload)) as { iss: string; exp: number }) : undefined;
    return claims?.iss === this.#issuer && claims.exp * 1000 <= this.#clock.now();
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [text, { token }] of this.#issued) if (now >= token.expiresAtMs) this.#issued.delete(text);
    this.#sweepAt = Math.max(sweepAbove, 2 * this.#issued.size);
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString();
}
