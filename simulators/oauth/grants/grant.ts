import type { ClientProof } from '../prove-client.ts';
import type { RegisteredApp } from '../registered-app.ts';
import type { TokenDesk } from '../token-desk.ts';
import type { OAuthReply } from '../token-reply.ts';

/** A token request whose client is known. */
export interface GrantAsk {
  readonly desk: TokenDesk;
  readonly app: RegisteredApp;
  readonly proof: ClientProof;
  readonly form: URLSearchParams;
}

/** What is going to happen, and for whom; nothing has happened yet. */
export interface Deed {
  /** The user the tokens are for; absent where the application asks in its own name. */
  readonly user?: string;
  do(): OAuthReply;
}

/** One way to a token, by its `grant_type`. */
export interface Grant {
  readonly type: string;
  /** It changes what the tenant knows (a refresh token is used, a device code is spent). */
  readonly lasting: boolean;
  /** Throws `TokenRefusal` when there is no token to be had this way. */
  judge(ask: GrantAsk): Deed;
}
