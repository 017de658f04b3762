import { Deflater } from '../../deflate/deflater.ts';
import { Inflater } from '../../deflate/inflater.ts';
import type { ByteStream } from '../../network/byte-stream.ts';

type Listener = (value: never) => void;

/**
 * A stream over another one, compressed in both directions (RFC 4978). What is written leaves at once, as blocks that end
 * on a whole octet; they refer to what was written before, as those of any server do. Not by Node's zlib: its streams work in
 * a thread pool, which a world cannot order.
 */
export class DeflatedStream implements ByteStream {
  readonly below: ByteStream;
  readonly #inflater = new Inflater();
  readonly #data: Listener[] = [];
  readonly #end: Listener[] = [];
  readonly #error: Listener[] = [];
  readonly #deflater = new Deflater();
  #paused = false;
  #belowEnded = false;
  #over = false;

  /** `early` is what arrived before the stream was put over the other. */
  constructor(below: ByteStream, early: Buffer) {
    this.below = below;
    below.on('data', this.#onData);
    below.on('end', this.#onEnd);
    if (early.length > 0) queueMicrotask(() => this.#onData(early));
  }

  get remoteAddress(): string | undefined {
    return this.below.remoteAddress;
  }

  get destroyed(): boolean {
    return this.below.destroyed;
  }

  write(data: string | Uint8Array): boolean {
    if (data.length === 0) return true;
    return this.below.write(this.#deflater.write(Buffer.from(data)));
  }

  end(): void {
    this.below.end();
  }

  destroy(error?: Error): void {
    this.below.destroy(error);
  }

  pause(): void {
    this.#paused = true;
    this.below.pause();
  }

  resume(): void {
    this.#paused = false;
    this.below.resume();
    this.#give();
  }

  on(event: string, listener: Listener): void {
    if (event === 'data') this.#data.push(listener);
    else if (event === 'end') this.#end.push(listener);
    else {
      if (event === 'error') this.#error.push(listener);
      // The overloads of ByteStream have one name each; this takes them all.
      (this.below.on as (event: string, listener: Listener) => unknown).call(this.below, event, listener);
    }
  }

  removeListener(event: string, listener: Listener): void {
    const own = event === 'data' ? this.#data : event === 'end' ? this.#end : undefined;
    if (own === undefined) this.below.removeListener(event, listener);
    else if (own.includes(listener)) own.splice(own.indexOf(listener), 1);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#inflater.push(chunk);
    this.#give();
  };

  readonly #onEnd = (): void => {
    this.#belowEnded = true;
    this.#give();
  };

  #give(): void {
    if (this.#over) return;
    try {
      while (!this.#paused) {
        const piece = this.#inflater.read();
        if (piece === undefined) break;
        call(this.#data, piece);
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#over = true;
      call(this.#error, error);
      this.below.destroy();
      return;
    }
    if (this.#paused || !(this.#belowEnded || this.#inflater.ended)) return;
    this.#over = true;
    call(this.#end, undefined);
  }
}

function call(listeners: readonly Listener[], value: Buffer | Error | undefined): void {
  // Listeners take what their event carries, as ByteStream says.
  for (const listener of [...listeners]) listener(value as never);
}
