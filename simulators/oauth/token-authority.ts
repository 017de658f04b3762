/** What an access token says, once it has been believed. */
export interface AccessToken {
  readonly appId: string;
  readonly tenant: string;
  /** The address of the mailbox whose owner signed in; absent in an application's own token. */
  readonly user?: string;
  /** Application permissions (`roles`), or the scopes a user granted (`scp`). */
  readonly roles: readonly string[];
  /** Milliseconds since the Unix epoch; from then on it is refused as expired. */
  readonly expiresAtMs: number;
}

export type TokenCheck =
  | { readonly ok: true; readonly token: AccessToken }
  | { readonly ok: false; readonly reason: 'malformed' | 'expired' | 'revoked' };

/** Judges bearer tokens. An application's own token may open any mailbox of the tenant. */
export interface TokenAuthority {
  check(token: string): TokenCheck;
}
