import { Duplex } from 'node:stream';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { MemoryStream } from './memory-stream.ts';

/**
 * A `MemoryStream` dressed as the `net.Socket` that client and server libraries expect: a Duplex with time-outs on
 * the virtual clock, addresses, and the no-op switches of TCP.
 */
export class MemorySocket extends Duplex {
  readonly remoteAddress: string;
  readonly remoteFamily = 'IPv4';
  readonly remotePort: number;
  readonly localAddress = '127.0.0.1';
  readonly localPort: number;
  readonly connecting = false;
  readonly pending = false;
  /** The stream below; the network looks here. */
  readonly stream: MemoryStream;
  readonly authorized = true;
  readonly encrypted: boolean;
  timeout = 0;
  readonly #clock: VirtualClock;
  #timer: object | undefined;
  #drained: (() => void) | undefined;

  constructor(stream: MemoryStream, clock: VirtualClock, ports: { local: number; remote: number }) {
    super({ allowHalfOpen: false, highWaterMark: 1 << 16 });
    this.stream = stream;
    this.#clock = clock;
    this.remoteAddress = stream.remoteAddress;
    this.encrypted = stream.encrypted;
    this.localPort = ports.local;
    this.remotePort = ports.remote;
    stream.on('data', (chunk: Buffer) => {
      this.#alive();
      if (!this.push(chunk)) stream.pause();
    });
    stream.on('end', () => void this.push(null));
    stream.on('error', (error: Error) => void this.destroy(error));
    stream.on('close', () => void (this.destroyed || this.destroy()));
    stream.on('drain', () => this.#drained?.());
  }

  get readyState(): 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.destroyed) return 'closed';
    if (this.writable) return this.readable ? 'open' : 'writeOnly';
    return this.readable ? 'readOnly' : 'closed';
  }

  get bytesRead(): number {
    return this.stream.bytesRead;
  }

  get bytesWritten(): number {
    return this.stream.bytesWritten;
  }

  setTimeout(delayMs: number, callback?: () => void): this {
    this.timeout = delayMs;
    if (callback !== undefined) {
      if (delayMs === 0) this.removeListener('timeout', callback);
      else this.once('timeout', callback);
    }
    this.#alive();
    return this;
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: 'IPv4', port: this.localPort };
  }
  resetAndDestroy(): this {
    return this.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
  }
  /** See `MemoryStream`. */
  silence(): void {
    this.stream.silence();
  }
  /** See `MemoryStream`. */
  limit(wire: { bytesPerSecond?: number; maxPacketBytes?: number }): void {
    this.stream.limit(wire);
  }
  /** See `MemoryStream`. */
  carryTls(): void {
    this.stream.carryTls();
  }
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    this.stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#alive();
    if (this.stream.destroyed) {
      done(
        Object.assign(new Error('write EPIPE: the connection is closed'), {
          code: 'EPIPE',
          syscall: 'write',
        }),
      );
    } else if (this.stream.write(chunk)) {
      done();
    } else {
      this.#drained = () => {
        this.#drained = undefined;
        done();
      };
    }
  }

  override _final(done: () => void): void {
    this.stream.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.timeout = 0;
    this.stream.destroy(error ?? undefined);
    done(error);
  }

  #alive(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.timeout <= 0 || this.destroyed) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.emit('timeout');
    }, this.timeout);
  }
}
