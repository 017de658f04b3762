/** Requests of one mailbox to Microsoft Graph v1.0. */
export interface GraphClient {
  /**
   * Resolves with a 2xx reply, its body read whole. Everything else rejects with `GraphFailure`, trouble with the token
   * with `SyncError`. Waits for its turn (four at a time for a mailbox) and through a short wait the server asked for;
   * a longer one rejects as `throttled`. A GET is asked again, a few times, where its connection is lost; anything
   * else is repeated only where the server has certainly not done it (401, 429).
   */
  request(request: GraphRequest): Promise<GraphReply>;
}

export interface GraphRequest {
  /** Default `GET`. */
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** From `/users/{upn}` on (`/messages`), query included; or an absolute URL the server gave (next and delta links). */
  readonly path: string;
  /** Where in the exchange this is, for errors: `delta`, `fetch`, `draft`, `send`. */
  readonly phase: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Values of the Prefer header: `IdType="ImmutableId"`. */
  readonly prefer?: readonly string[];
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  /** Of `bytes`. */
  readonly contentType?: string;
  readonly accept?: string;
  /** The URL carries its own permission (upload sessions): no token is sent, and it may be at another host. */
  readonly preAuthenticated?: boolean;
  /** A longer body is given up, and rejects as `item-permanent`. */
  readonly maximumBytes?: number;
}

export interface GraphReply {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON, `undefined` when there is none. Throws `GraphFailure` when it is no JSON. */
  json(): unknown;
  bytes(): Uint8Array;
}
