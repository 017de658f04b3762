import type { ByteStream } from '../network/byte-stream.ts';

/** How a connection ends: the peer sees a reset, sees a clean close, or is told nothing. */
export type Ending = 'reset' | 'close' | 'half-open';

/** Ends or silences a connection. */
export function endStream(stream: ByteStream, how: Ending): void {
  if (stream.destroyed) return;
  switch (how) {
    case 'reset':
      // A socket says FIN when it is destroyed; only this makes it send the reset that a rule asked for.
      if ('resetAndDestroy' in stream && typeof stream.resetAndDestroy === 'function')
        stream.resetAndDestroy();
      else
        stream.destroy(Object.assign(new Error('The server reset the connection.'), { code: 'ECONNRESET' }));
      return;
    case 'close':
      stream.end();
      return;
    case 'half-open':
      // In memory a connection can fall silent; of a socket nobody can ask more than not to be read.
      if ('silence' in stream && typeof stream.silence === 'function') stream.silence();
      else stream.pause();
      return;
    default:
      throw new TypeError(`No such way to end a connection: ${String(how satisfies never)}.`);
  }
}
