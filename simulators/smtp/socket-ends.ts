import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { MemorySocket } from '../network/memory-socket.ts';

/** Drops a connection so that the peer sees a reset. */
export function resetSocket(socket: Duplex): void {
  if (socket.destroyed) return;
  if (socket instanceof Socket && !(socket instanceof TLSSocket)) socket.resetAndDestroy();
  else socket.destroy(Object.assign(new Error('The server reset the connection.'), { code: 'ECONNRESET' }));
}

/** From here on nothing arrives in either direction and nobody is told; over TCP the server only stops reading. */
export function silenceSocket(socket: Duplex): void {
  if (socket instanceof MemorySocket) socket.stream.silence();
  else socket.pause();
}

/** Bounds how the server's bytes travel, where the network can. */
export function limitSocket(
  socket: Duplex,
  wire: { bytesPerSecond?: number; maxPacketBytes?: number },
): void {
  if (socket instanceof MemorySocket) socket.stream.limit(wire);
}

/** A real TLS handshake is about to begin on the connection. */
export function announceTls(socket: Duplex): void {
  if (socket instanceof MemorySocket) socket.stream.carryTls();
}
