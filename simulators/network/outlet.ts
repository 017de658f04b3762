import type { Clock } from '../clock/clock.ts';
import type { ByteStream } from './byte-stream.ts';

/** Streams in memory can shape their traffic and fall silent; sockets cannot. */
interface Shapeable extends ByteStream {
  limit?(wire: { bytesPerSecond?: number; maxPacketBytes?: number }): void;
}

/** Parts are copied together up to this size: fewer writes, and no second form of a large reply as a whole. */
const copyUpToBytes = 1 << 18;

/** What a session writes: replies of one moment leave in one write, in slices or slowly when a rule wants that. */
export class Outlet {
  stream: ByteStream;
  readonly #clock: Clock;
  #text = '';
  #parts: Buffer[] = [];
  #sizeBytes = 0;
  #maxPacketBytes = Number.POSITIVE_INFINITY;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #busyUntilMs = 0;
  /** Writes that wait for their turn. */
  #waiting = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(stream: ByteStream, clock: Clock) {
    this.stream = stream;
    this.#clock = clock;
  }

  add(data: string | Buffer): void {
    if (typeof data === 'string') {
      this.#text += data;
      this.#sizeBytes += data.length;
    } else {
      this.#settle();
      this.#parts.push(data);
      this.#sizeBytes += data.length;
    }
  }

  get pendingBytes(): number {
    return this.#sizeBytes;
  }

  /** False when the peer reads more slowly than we write: wait for `drain`. */
  flush(): boolean {
    if (this.#sizeBytes === 0) return true;
    let room = true;
    if (this.#parts.length === 0 && this.#shapeless) {
      room = this.stream.write(this.#text);
      this.#text = '';
    } else {
      this.#settle();
      const parts = this.#parts;
      this.#parts = [];
      for (const part of gathered(parts)) room = this.#write(part);
    }
    this.#sizeBytes = 0;
    return room;
  }

  shape(wire: { bytesPerSecond?: number; maxPacketBytes?: number }): void {
    const stream: Shapeable = this.stream.below ?? this.stream;
    if (typeof stream.limit === 'function') {
      this.flush();
      stream.limit(wire);
      return;
    }
    this.#maxPacketBytes = wire.maxPacketBytes ?? this.#maxPacketBytes;
    this.#bytesPerSecond = wire.bytesPerSecond ?? this.#bytesPerSecond;
  }

  /** Once everything written so far has left. */
  afterwards(fn: () => void): void {
    this.flush();
    if (this.#waiting === 0) fn();
    else this.#whenEmpty = fn;
  }

  get #shapeless(): boolean {
    return (
      this.#maxPacketBytes === Number.POSITIVE_INFINITY && this.#bytesPerSecond === Number.POSITIVE_INFINITY
    );
  }

  #settle(): void {
    if (this.#text === '') return;
    this.#parts.push(Buffer.from(this.#text));
    this.#text = '';
  }

  #write(data: Buffer): boolean {
    if (this.#shapeless) return this.stream.write(data);
    const stepBytes = Math.max(
      1,
      Math.min(this.#maxPacketBytes, Math.ceil(Math.min(this.#bytesPerSecond, Number.MAX_SAFE_INTEGER) / 10)),
    );
    for (let at = 0; at < data.length; at += stepBytes) this.#later(data.subarray(at, at + stepBytes));
    return true;
  }

  #later(slice: Buffer): void {
    const nowMs = this.#clock.now();
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + (slice.length * 1000) / this.#bytesPerSecond;
    this.#waiting += 1;
    this.#clock.setTimeout(() => {
      this.#waiting -= 1;
      if (!this.stream.destroyed) this.stream.write(slice);
      if (this.#waiting > 0) return;
      const fn = this.#whenEmpty;
      this.#whenEmpty = undefined;
      fn?.();
    }, this.#busyUntilMs - nowMs);
  }
}

/** The same bytes in parts of about `copyUpToBytes`; a part that is larger by itself stays as it is. */
function* gathered(parts: readonly Buffer[]): Generator<Buffer> {
  let from = 0;
  let sizeBytes = 0;
  for (const [index, part] of parts.entries()) {
    if (sizeBytes > 0 && sizeBytes + part.length > copyUpToBytes) {
      yield from === index - 1 ? parts[from]! : Buffer.concat(parts.slice(from, index)); // from < index
      from = index;
      sizeBytes = 0;
    }
    sizeBytes += part.length;
  }
  yield from === parts.length - 1 ? parts[from]! : Buffer.concat(parts.slice(from)); // never empty here
}
