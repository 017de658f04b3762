/**
 * The duplex stream of bytes a protocol core talks over: the part of `net.Socket` it needs and no more, so
 * that one core runs over the in-memory network, TCP and TLS alike. A `net.Socket` is a `ByteStream`.
 *
 * `data` events carry Buffers; strings given to `write` are UTF-8. `end()` half-closes after what was
 * written; `destroy()` drops the connection (the peer sees a reset when an error is given, else a close).
 */
export interface ByteStream {
  readonly remoteAddress?: string | undefined;
  readonly destroyed: boolean;
  /** The stream it is a form of (compressed, say): there connections are shaped and ended. */
  readonly below?: ByteStream;
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

/** How a connection reached a server. */
export interface Arrival {
  /** Unique in the world or process, stable for one seed: `pop3#12`. */
  readonly connection: string;
  /** 1 for the first connection this listener ever took, 2 for the second, … */
  readonly ordinal: number;
  readonly remoteAddress: string;
  /** True from the first byte on (implicit TLS). */
  readonly encrypted: boolean;
}

/**
 * Turns a plaintext server-side stream into an encrypted one after STLS/STARTTLS was answered. In memory the
 * link is only declared secure; over TCP it is a real TLS server handshake.
 */
export type UpgradeToTls = (stream: ByteStream) => Promise<ByteStream>;
