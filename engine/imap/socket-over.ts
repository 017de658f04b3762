import { Duplex } from 'node:stream';
import type { ByteStream } from '../ports/connector.ts';

/** A socket for imapflow over a stream of bytes; `first` is read before what the stream brings. */
export function socketOver(stream: ByteStream, first: string): Duplex {
  const socket = new Duplex({
    allowHalfOpen: true,
    read: () => void stream.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      if (stream.destroyed) return done(new Error('The connection is closed.'));
      if (stream.write(chunk)) return done();
      const drained = (): void => {
        stream.removeListener('drain', drained);
        done();
      };
      stream.on('drain', drained);
    },
    final: (done) => {
      stream.end();
      done();
    },
    destroy: (error, done) => {
      if (!stream.destroyed) stream.destroy();
      done(error);
    },
  });
  socket.push(first);
  stream.on('data', (chunk) => {
    if (!socket.push(chunk)) stream.pause();
  });
  stream.on('end', () => void socket.push(null));
  stream.on('error', (error) => void socket.destroy(error));
  stream.on('close', () => void socket.destroy());
  return socket;
}
