import { Duplex } from 'node:stream';

/**
 * Two ends of a connection in memory. Unlike those of `duplexPair`, bytes arrive a tick later: TLS over streams that
 * deliver in the middle of a write sends its hello twice.
 */
export function streamPair(): [Duplex, Duplex] {
  const ends: [Duplex, Duplex] = [makeEnd(() => ends[1]), makeEnd(() => ends[0])];
  return ends;
}

function makeEnd(peer: () => Duplex): Duplex {
  return new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      process.nextTick(() => {
        if (!peer().destroyed) peer().push(chunk);
        done();
      });
    },
    final: (done) => {
      process.nextTick(() => {
        if (!peer().destroyed) peer().push(null);
        done();
      });
    },
    destroy: (error, done) => {
      process.nextTick(() => {
        if (!peer().destroyed && !peer().readableEnded) peer().push(null);
        done(error);
      });
    },
  });
}
