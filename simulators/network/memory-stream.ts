import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { Process } from '../world/process.ts';
import type { ByteStream } from './byte-stream.ts';
import { Listeners } from './listeners.ts';
import { networkError } from './network-error.ts';

/** How bytes travel in one direction of a connection. */
export interface Wire {
  /** Time from writing to arriving, drawn for each packet. */
  readonly latencyMs: () => number;
  bytesPerSecond: number;
  maxPacketBytes: number;
}

/** What Node's TLS needs of the event loop, on immediates of its own, to get from one end of a stream to the other. */
const tlsSettleTurns = 8;

type Parcel = Buffer | 'fin' | 'reset' | 'hello' | 'finished';

/** How much may be under way before `write` says stop, as a socket's buffers would. */
const highWaterBytes = 1 << 18;

/**
 * One end of an in-memory connection: ordered bytes with latency, bandwidth and packet size, half-close, reset, and
 * silence. Every arrival is a timer on the virtual clock, so that the order of everything in a world is one order.
 * Bytes written at one instant arrive as one chunk, unless packets are bounded.
 */
export class MemoryStream implements ByteStream {
  readonly remoteAddress: string;
  readonly connection: string;
  encrypted = false;
  destroyed = false;
  bytesRead = 0;
  bytesWritten = 0;
  #peer: MemoryStream | undefined;
  readonly #clock: VirtualClock;
  readonly #owner: Process | undefined;
  readonly #wire: Wire;
  readonly #listeners = new Listeners();
  #forgetDeath: (() => void) | undefined;
  /** Parcels that left together and have not arrived. */
  #leaving: { parcels: Parcel[]; atMs: number } | undefined;
  #lastArrivalMs = 0;
  #inFlightBytes = 0;
  #needsDrain = false;
  #finSent = false;
  #finSeen = false;
  #silent = false;
  #paused = false;
  readonly #unread: Parcel[] = [];
  #helloSeen = false;
  #upgrade: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #isServer = false;
  #stopSettling: (() => void) | undefined;
  #onGone: ((how: 'end' | 'reset' | 'close') => void) | undefined;

  constructor(options: {
    clock: VirtualClock;
    owner: Process | undefined;
    wire: Wire;
    remoteAddress: string;
    connection: string;
    isServer: boolean;
    onGone?: (how: 'end' | 'reset' | 'close') => void;
  }) {
    this.#clock = options.clock;
    this.#owner = options.owner;
    this.#wire = options.wire;
    this.remoteAddress = options.remoteAddress;
    this.connection = options.connection;
    this.#isServer = options.isServer;
    this.#onGone = options.onGone;
    this.#forgetDeath = options.owner?.onDeath(() =>
      this.destroy(networkError('ECONNRESET', 'read', 'the process died')),
    );
  }

  /** Joins two ends into one connection. */
  static join(a: MemoryStream, b: MemoryStream): void {
    a.#peer = b;
    b.#peer = a;
  }

  on(event: string, listener: (...values: never[]) => void): this {
    this.#listeners.add(event, listener);
    return this;
  }

  removeListener(event: string, listener: (...values: never[]) => void): this {
    this.#listeners.remove(event, listener);
    return this;
  }

  /** Bounds from here on how this end's bytes travel. */
  limit(wire: { bytesPerSecond?: number; maxPacketBytes?: number }): void {
    if (wire.bytesPerSecond !== undefined) this.#wire.bytesPerSecond = wire.bytesPerSecond;
    if (wire.maxPacketBytes !== undefined) this.#wire.maxPacketBytes = wire.maxPacketBytes;
  }

  /** Half-open: from here on nothing arrives in either direction, and neither end is told. */
  silence(): void {
    this.#silent = true;
    if (this.#peer !== undefined) this.#peer.#silent = true;
  }

  /** Real TLS runs over this connection, from now until it is over: its turns of the event loop must not be skipped. */
  carryTls(): void {
    for (const end of [this, this.#peer])
      if (end !== undefined && !end.destroyed) end.#stopSettling ??= end.#clock.settle(tlsSettleTurns);
  }

  write(data: string | Uint8Array): boolean {
    if (this.destroyed || this.#finSent) return false;
    const chunk =
      typeof data === 'string'
        ? Buffer.from(data)
        : Buffer.isBuffer(data)
          ? data
          : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (chunk.length === 0) return true;
    this.bytesWritten += chunk.length;
    this.#inFlightBytes += chunk.length;
    const { maxPacketBytes } = this.#wire;
    if (chunk.length <= maxPacketBytes) this.#send(chunk);
    else
      for (let at = 0; at < chunk.length; at += maxPacketBytes)
        this.#send(chunk.subarray(at, at + maxPacketBytes), true);
    this.#needsDrain = this.#inFlightBytes > highWaterBytes;
    return !this.#needsDrain;
  }

  end(): void {
    if (this.destroyed || this.#finSent) return;
    this.#finSent = true;
    this.#send('fin');
    if (this.#finSeen) this.#close('end');
  }

  destroy(error?: Error): void {
    if (this.destroyed) return;
    // Closing while the peer still sends, or with an error, is what TCP tells with a reset.
    if (error !== undefined) this.#send('reset');
    else if (!this.#finSent) this.#send('fin');
    this.#finSent = true;
    this.#close(error === undefined ? 'close' : 'reset', error);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#unread.length === 0) return;
    this.#clock.schedule(
      () => {
        while (!this.#paused && this.#unread.length > 0) this.#take(this.#unread.shift() as Parcel); // length > 0
      },
      0,
      this.#owner,
    );
  }

  /** TLS from here on, declared rather than spoken: resolves when both ends have asked for it (one round trip). */
  upgradeTls(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.destroyed) return reject(networkError('ECONNRESET', 'tls', 'the connection is closed'));
      this.#upgrade = { resolve, reject };
      if (!this.#isServer) this.#send('hello');
      else if (this.#helloSeen) this.#secure();
    });
  }

  #secure(): void {
    this.encrypted = true;
    this.#helloSeen = false;
    if (this.#isServer) this.#send('finished');
    const upgrade = this.#upgrade;
    this.#upgrade = undefined;
    upgrade?.resolve();
  }

  #send(parcel: Parcel, alone = false): void {
    const peer = this.#peer;
    if (peer === undefined || this.#silent) return;
    const nowMs = this.#clock.monotonic();
    const sizeBytes = typeof parcel === 'string' ? 0 : parcel.length;
    const leaving = this.#leaving;
    if (
      leaving !== undefined &&
      !alone &&
      leaving.atMs === nowMs &&
      this.#wire.bytesPerSecond === Number.POSITIVE_INFINITY
    ) {
      leaving.parcels.push(parcel);
      return;
    }
    const arrivalMs =
      Math.max(this.#lastArrivalMs, nowMs + this.#wire.latencyMs()) +
      (sizeBytes * 1000) / this.#wire.bytesPerSecond;
    this.#lastArrivalMs = arrivalMs;
    const together = { parcels: [parcel], atMs: nowMs };
    if (!alone) this.#leaving = together;
    this.#clock.schedule(() => peer.#arrive(together), arrivalMs - nowMs, peer.#owner);
  }

  #arrive(together: { parcels: Parcel[] }): void {
    const peer = this.#peer;
    if (peer !== undefined && peer.#leaving === together) peer.#leaving = undefined;
    if (this.#silent) return;
    const { parcels } = together;
    if (this.destroyed) {
      // Bytes for a closed socket are answered with a reset, as TCP does.
      if (parcels.some((parcel) => typeof parcel !== 'string')) this.#send('reset');
      return;
    }
    for (let n = 0; n < parcels.length; n += 1) {
      let parcel = parcels[n] as Parcel; // n < length
      if (typeof parcel !== 'string' && n + 1 < parcels.length && typeof parcels[n + 1] !== 'string') {
        const chunks = [parcel];
        while (n + 1 < parcels.length && typeof parcels[n + 1] !== 'string')
          chunks.push(parcels[++n] as Buffer);
        parcel = Buffer.concat(chunks);
      }
      if (this.#paused || this.#unread.length > 0) this.#unread.push(parcel);
      else this.#take(parcel);
    }
  }

  #take(parcel: Parcel): void {
    if (this.destroyed) return;
    switch (parcel) {
      case 'fin':
        this.#finSeen = true;
        this.#upgrade?.reject(
          networkError('ECONNRESET', 'tls', 'the peer closed the connection during the handshake'),
        );
        this.#listeners.call('end');
        if (this.#finSent) this.#close('end');
        return;
      case 'reset':
        this.#close('reset', networkError('ECONNRESET', 'read', 'the peer reset the connection'));
        return;
      case 'hello':
        this.#helloSeen = true;
        if (this.#upgrade !== undefined) this.#secure();
        return;
      case 'finished':
        this.#secure();
        return;
      default:
        this.bytesRead += parcel.length;
        if (this.#peer !== undefined) this.#peer.#arrived(parcel.length);
        this.#listeners.call('data', parcel);
    }
  }

  #arrived(sizeBytes: number): void {
    this.#inFlightBytes -= sizeBytes;
    if (!this.#needsDrain || this.#inFlightBytes > highWaterBytes / 2) return;
    this.#needsDrain = false;
    this.#clock.schedule(() => void (this.destroyed || this.#listeners.call('drain')), 0, this.#owner);
  }

  #close(how: 'end' | 'reset' | 'close', error?: Error): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#forgetDeath?.();
    this.#unread.length = 0;
    const upgrade = this.#upgrade;
    this.#upgrade = undefined;
    upgrade?.reject(
      error ?? networkError('ECONNRESET', 'tls', 'the connection was closed during the handshake'),
    );
    this.#onGone?.(how);
    this.#clock.schedule(
      () => {
        if (error !== undefined) this.#listeners.call('error', error);
        this.#listeners.call('close');
      },
      0,
      this.#owner,
    );
    // After what the listeners of `close` set in motion.
    if (this.#stopSettling !== undefined) this.#clock.schedule(this.#stopSettling, 0, undefined);
  }
}
