import type { Duplex } from 'node:stream';
import type { DelaySpec } from '../rules/rule.ts';
import type { Protocol } from '../trace/event.ts';
import type { Arrival, ByteStream } from './byte-stream.ts';

/** How a link behaves when no rule says otherwise. */
export interface LinkOptions {
  /** One way, for each packet. */
  readonly latencyMs: DelaySpec;
  readonly bytesPerSecond?: number;
  /** Packets of at most so many bytes; whole writes otherwise. */
  readonly maxPacketBytes?: number;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** TLS from the first byte (declared, not spoken). */
  readonly tls: boolean;
  readonly link?: LinkOptions | undefined;
  readonly accept: (stream: ByteStream, arrival: Arrival) => void;
}

/** A listening socket, and what it counted: the word of the server on how many connections were open. */
export interface WorldListener {
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** Open now, from acceptance until both ends are gone. */
  readonly open: number;
  readonly peakOpen: number;
  readonly accepted: number;
  close(): void;
}

/** What connects the processes of a world: memory, or counted loopback TCP. */
export interface WorldNetwork {
  listen(options: ListenOptions): WorldListener;
  /**
   * Opens a connection as the running process. Rejects with a node-style error: `ENOTFOUND`, `ECONNREFUSED`,
   * `ECONNRESET`, `EPROTO`, a certificate error, or `ABORT_ERR` when `signal` aborts.
   */
  connect(to: { host: string; port: number; tls: boolean }, signal?: AbortSignal): Promise<ByteStream>;
  /** The same connection as the socket that libraries expect. */
  asSocket(stream: ByteStream, ports?: { local: number; remote: number }): Duplex;
  /** TLS on an open connection, declared rather than spoken; resolves when both ends have asked. */
  upgrade(stream: ByteStream): Promise<ByteStream>;
  /** Drops what is still open. */
  close(): void;
}
