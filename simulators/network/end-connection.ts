import net from 'node:net';
import tls from 'node:tls';
import type { ByteStream } from './byte-stream.ts';
import { networkError } from './network-error.ts';

/** How a connection ends: the peer sees a reset, sees a clean close, or is told nothing. */
export type Ending = 'reset' | 'close' | 'half-open';

/** Streams in memory can fall silent; of a socket nobody can ask more than not to be read. */
interface Silenceable extends ByteStream {
  silence?(): void;
}

/** Ends or silences a connection, over memory, TCP and TLS alike. */
export function endConnection(stream: Silenceable, how: Ending): void {
  if (stream.destroyed) return;
  if (stream.below !== undefined) {
    endConnection(stream.below, how);
    return;
  }
  switch (how) {
    case 'reset': {
      // A socket says FIN when it is destroyed; only this makes it send a reset.
      const socket = tcpSocketOf(stream);
      if (socket !== undefined) socket.resetAndDestroy();
      else stream.destroy(networkError('ECONNRESET', 'read', 'the server reset the connection'));
      return;
    }
    case 'close':
      stream.end();
      return;
    case 'half-open':
      if (typeof stream.silence === 'function') stream.silence();
      else stream.pause();
      return;
    default:
      throw new TypeError(`No such way to end a connection: ${String(how satisfies never)}.`);
  }
}

/** The TCP socket that is, or is below, a stream; TLS sockets cannot be reset themselves. */
function tcpSocketOf(stream: ByteStream): net.Socket | undefined {
  if (!(stream instanceof net.Socket)) return undefined;
  if (!(stream instanceof tls.TLSSocket)) return stream;
  // Node has no public way from a TLS socket to the one it runs over. Over a stream that is no socket there is none.
  const below: unknown = Reflect.get(stream, '_parent');
  return below instanceof net.Socket && below.remotePort !== undefined ? below : undefined;
}
