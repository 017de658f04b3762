import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { type OAuthAnswer, readOAuthError } from '../errors/oauth-answer.ts';
import { retryAfterMs } from '../graph/retry-after.ts';

/** What became of the one exchange a network client is for. */
export type Exchange =
  | { readonly kind: 'none' }
  | { readonly kind: 'lost'; readonly cause: unknown }
  | { readonly kind: 'refused'; readonly answer: OAuthAnswer }
  | {
      readonly kind: 'granted';
      readonly refreshToken: string | undefined;
      readonly expiresInSeconds: number;
    };

/**
 * Takes the requests of Microsoft's library over the engine's connector, and keeps what the library would lose: the
 * status and waits of a refusal, its body where that is no JSON, and the new refresh token. A refusal is not shown to
 * the library at all, so that it starts no waits of its own.
 */
export class MsalNetwork implements INetworkModule {
  readonly #send: (url: string, init: RequestInit) => Promise<Response>;
  readonly #now: () => number;
  exchange: Exchange = { kind: 'none' };

  constructor(send: (url: string, init: RequestInit) => Promise<Response>, now: () => number) {
    this.#send = send;
    this.#now = now;
  }

  /** Discovery: all there is to discover was given to the library. */
  sendGetRequestAsync<T>(): Promise<NetworkResponse<T>> {
    return Promise.reject(new Error('Nothing is to be asked of the authority but tokens.'));
  }

  async sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    const { headers = {}, body = '' } = options ?? {};
    let response: Response;
    let text: string;
    try {
      response = await this.#send(url, { method: 'POST', headers, body });
      text = await response.text();
    } catch (cause) {
      this.exchange = { kind: 'lost', cause };
      throw cause;
    }
    const { status } = response;
    const granted = response.ok ? tokensIn(text) : undefined;
    if (granted === undefined) {
      // What came instead of a token in a success may hold half of one.
      const said = response.ok
        ? { error: '', number: undefined, message: 'no token is in it' }
        : readOAuthError(text);
      const waitMs = retryAfterMs(response.headers, this.#now());
      this.exchange = { kind: 'refused', answer: { status, ...said, retryAfterMs: waitMs } };
      throw new Error('The token endpoint gave no token.');
    }
    const { refresh_token: refreshToken, expires_in } = granted;
    this.exchange = {
      kind: 'granted',
      refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
      expiresInSeconds: Number(expires_in),
    };
    // The library declares what it expects and checks it itself.
    return { status, headers: Object.fromEntries(response.headers), body: granted as T };
  }
}

function tokensIn(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    // An object, as was just looked at.
    const body = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>;
    return typeof body.access_token === 'string' && Number(body.expires_in) > 0 ? body : undefined;
  } catch {
    return undefined;
  }
}
