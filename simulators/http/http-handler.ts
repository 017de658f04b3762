/** How a request reached a server: the connection it came over. One object for all requests of a connection. */
export interface HttpArrival {
  /** Unique in the world or process, stable for one seed: `graph#12`. */
  readonly connection: string;
  /** 1 for the first connection this host ever took, 2 for the second, … */
  readonly ordinal: number;
  /** The client's address. */
  readonly ip: string;
  readonly encrypted: boolean;
  /** How the server's bytes travel on this connection from now on; rules may narrow it at any request. */
  readonly wire?: HttpWire;
}

/** Bounds on the bytes of one connection; absent means none. */
export interface HttpWire {
  bytesPerSecond?: number;
  maxPacketBytes?: number;
}

/**
 * A web server as a function, whatever carries it: the `fetch` of a world, a listener on TCP, an interceptor. It behaves
 * as `fetch` does. A connection that ends without a reply rejects with `TypeError('fetch failed')` whose cause has the
 * `code` of the socket error (see `lost-connection.ts`); one that falls silent never settles, until `request.signal`
 * aborts; a reply that breaks off is a body whose stream errors.
 */
export type HttpHandler = (request: Request, arrival?: HttpArrival) => Promise<Response>;
