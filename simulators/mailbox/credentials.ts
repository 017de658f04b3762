import { createHash, timingSafeEqual } from 'node:crypto';
import type { Credential } from './mail-host.ts';

/** A bearer token that opens a mailbox. */
export interface TokenSpec {
  readonly token: string;
  /** Milliseconds since the epoch; from then on it is refused as expired. Absent: never. */
  readonly expiresAtMs?: number;
}

export type Refusal = 'wrong-secret' | 'expired-token' | 'revoked' | 'disabled';

interface Issued {
  readonly expiresAtMs: number;
  revoked: boolean;
}

/** The secrets of one mailbox, and whether it may be entered at all. */
export class Credentials {
  #password: string | undefined;
  readonly #tokens = new Map<string, Issued>();
  /** Nobody gets in, whatever they know. */
  disabled: boolean;

  constructor(spec: { password?: string; tokens?: readonly TokenSpec[]; disabled?: boolean }) {
    this.#password = spec.password;
    this.disabled = spec.disabled ?? false;
    for (const token of spec.tokens ?? []) this.issueToken(token);
  }

  /** Undefined closes the mailbox to passwords (providers that take tokens only). */
  setPassword(password: string | undefined): void {
    this.#password = password;
  }

  issueToken({ token, expiresAtMs }: TokenSpec): void {
    this.#tokens.set(token, { expiresAtMs: expiresAtMs ?? Number.POSITIVE_INFINITY, revoked: false });
  }

  /** The token is refused from now on, however long it had to live. */
  revokeToken(token: string): void {
    const issued = this.#tokens.get(token);
    if (issued !== undefined) issued.revoked = true;
  }

  revokeAllTokens(): void {
    for (const issued of this.#tokens.values()) issued.revoked = true;
  }

  /** When a token given to this mailbox by hand expires; undefined when it was given no such token. */
  tokenExpiresAtMs(token: string): number | undefined {
    return this.#tokens.get(token)?.expiresAtMs;
  }

  /** Undefined when the credential is good at `nowMs`. */
  refuse(credential: Credential, nowMs: number): Refusal | undefined {
    const refusal = this.#check(credential, nowMs);
    return refusal === undefined && this.disabled ? 'disabled' : refusal;
  }

  #check(credential: Credential, nowMs: number): Refusal | undefined {
    switch (credential.kind) {
      case 'password':
        return this.#password !== undefined && credential.password === this.#password
          ? undefined
          : 'wrong-secret';
      case 'apop': {
        if (this.#password === undefined) return 'wrong-secret';
        const expected = createHash('md5').update(credential.challenge).update(this.#password).digest();
        const given = Buffer.from(credential.digest, 'hex');
        return given.length === expected.length && timingSafeEqual(given, expected)
          ? undefined
          : 'wrong-secret';
      }
      case 'token': {
        const issued = this.#tokens.get(credential.token);
        if (issued === undefined) return 'wrong-secret';
        if (issued.revoked) return 'revoked';
        return nowMs >= issued.expiresAtMs ? 'expired-token' : undefined;
      }
      default:
        return unknownCredential(credential);
    }
  }
}

function unknownCredential(credential: never): never {
  throw new TypeError(`No such kind of credential: ${typeof credential}; see Credential in mail-host.ts.`);
}
