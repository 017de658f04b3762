import http from 'node:http';
import type { Socket } from 'node:net';
import type { Arrival } from '../network/byte-stream.ts';
import { endConnection } from '../network/end-connection.ts';
import { listenTcp, type TcpListener, type TcpListenOptions } from '../network/tcp-listener.ts';
import { answerOverTcp } from './answer-over-tcp.ts';
import type { HttpArrival, HttpHandler } from './http-handler.ts';

export interface HttpListenOptions extends Omit<TcpListenOptions, 'accept' | 'protocol'> {
  readonly handler: HttpHandler;
}

/**
 * A real HTTP server, over TLS when it has an identity, whose requests reach the same handlers as those of a world. Faults
 * of connecting are carried out here; those of a request come from the handler as `fetch` would have them.
 */
export function listenHttp({ handler, ...options }: HttpListenOptions): Promise<TcpListener> {
  const arrivals = new WeakMap<Socket, HttpArrival>();
  // Time belongs to whoever made the clock: Node's own time-outs are off.
  const server = http.createServer({
    keepAliveTimeout: 0,
    requestTimeout: 0,
    headersTimeout: 0,
    noDelay: true,
  });
  server.on('request', (request, response) => {
    void answerOverTcp(handler, arrivals.get(request.socket), request, response);
  });
  server.on('clientError', (_, socket) => void socket.destroy());
  return listenTcp({
    ...options,
    protocol: 'graph',
    accept: (socket, arrival) => {
      if (!handshakeStands(socket, arrival, options)) return;
      const { connection, ordinal, remoteAddress: ip, encrypted } = arrival;
      arrivals.set(socket, { connection, ordinal, ip, encrypted, wire: {} });
      server.emit('connection', socket);
    },
  });
}

/** Rules at phase `tls`: the handshake is over when we hear of it, so that a bad certificate becomes a reset. */
function handshakeStands(
  socket: Socket,
  { connection, ordinal, encrypted }: Arrival,
  { rules }: Pick<TcpListenOptions, 'rules'>,
): boolean {
  if (!encrypted || !rules.active) return true;
  const intervention = rules.at({ protocol: 'graph', phase: 'tls', connection, ordinal });
  for (const action of intervention?.actions ?? []) {
    if (action.kind !== 'tls') continue;
    if (action.fault !== 'stall') endConnection(socket, 'reset');
    return false;
  }
  return true;
}
