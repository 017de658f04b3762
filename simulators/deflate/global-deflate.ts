import { syncBuiltinESMExports } from 'node:module';
import { Transform, type TransformCallback } from 'node:stream';
import zlib from 'node:zlib';
import { Deflater } from './deflater.ts';
import { Inflater } from './inflater.ts';

/**
 * Clients that compress (RFC 4978) do so by zlib's streams, which work in threads whose order no seed repeats. Like global
 * time these are replaced once per process and never put back: while a world runs they do their work in the call,
 * otherwise they are what they always were. Raw deflate only: nothing else goes over a world's network.
 */
let active = false;

/** From here on raw deflate streams are made without threads, or with them again. */
export function setGlobalDeflate(inTheCall: boolean): void {
  active = inTheCall;
}

/** What a zlib stream has besides being a Transform, as far as it means anything here. */
class StreamInTheCall extends Transform {
  /** All that was written has left already. */
  flush(kind?: number | (() => void), callback?: () => void): void {
    const done = typeof kind === 'function' ? kind : callback;
    if (done !== undefined) process.nextTick(done);
  }

  close(callback?: () => void): void {
    if (callback !== undefined) this.once('close', callback);
    this.destroy();
  }
}

class DeflateInTheCall extends StreamInTheCall {
  readonly #deflater = new Deflater();

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    done(null, this.#deflater.write(chunk));
  }
}

class InflateInTheCall extends StreamInTheCall {
  readonly #inflater = new Inflater();

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#inflater.push(chunk);
      for (let piece = this.#inflater.read(); piece !== undefined; piece = this.#inflater.read())
        this.push(piece);
      done();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      done(Object.assign(error, { code: 'Z_DATA_ERROR', errno: zlib.constants.Z_DATA_ERROR }));
    }
  }
}

const real = { deflate: zlib.createDeflateRaw, inflate: zlib.createInflateRaw };

function define(key: string, value: unknown): void {
  Object.defineProperty(zlib, key, { value, configurable: true, enumerable: true });
}

define('createDeflateRaw', (options?: zlib.ZlibOptions) =>
  active ? new DeflateInTheCall() : real.deflate(options),
);
define('createInflateRaw', (options?: zlib.ZlibOptions) =>
  active ? new InflateInTheCall() : real.inflate(options),
);
syncBuiltinESMExports();
