import type { Duplex } from 'node:stream';

/** The part of `net.Socket` that the engine's own protocol clients use; a `net.Socket` is one. */
export interface ByteStream {
  readonly destroyed: boolean;
  write(data: string | Uint8Array): boolean;
  end(): unknown;
  destroy(error?: Error): unknown;
  pause(): unknown;
  resume(): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'close' | 'drain', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: string, listener: (...values: never[]) => void): unknown;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly tls: boolean;
  /** Extra certificate authorities (PEM); TLS is always verified unless `allowInvalidCertificate`. */
  readonly ca?: string | undefined;
  readonly allowInvalidCertificate?: boolean | undefined;
}

/** Whom to trust over TLS beside the public authorities. */
export interface Trust {
  /** Extra certificate authorities (PEM). */
  readonly ca?: string | undefined;
  readonly allowInvalidCertificate?: boolean | undefined;
}

/** How the engine reaches servers. `connect*` reject with a node-style error (`code: 'ECONNREFUSED'`, …). */
export interface Connector {
  connect(to: Endpoint, signal: AbortSignal): Promise<ByteStream>;
  /** STLS: the same connection, encrypted from here on. */
  upgrade(stream: ByteStream, to: Endpoint, signal: AbortSignal): Promise<ByteStream>;
  /** A full duplex stream for client libraries that want a socket (nodemailer). */
  connectSocket(to: Endpoint, signal: AbortSignal): Promise<Duplex>;
  /**
   * HTTP, as `fetch` has it: a reply of any status resolves, and a connection that ends without one rejects with a
   * `TypeError` whose cause has a node-style `code`.
   */
  fetch(url: string, init: RequestInit, trust?: Trust): Promise<Response>;
}
