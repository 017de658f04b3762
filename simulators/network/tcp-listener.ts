import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../clock/clock.ts';
import type { Intervention, RuleBook, Site } from '../rules/rule.ts';
import type { Protocol, Trace } from '../trace/event.ts';
import type { Arrival } from './byte-stream.ts';
import { endConnection } from './end-connection.ts';

/** Key and certificate of a TLS server, PEM. */
export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

export interface TcpListenOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly protocol: Protocol;
  /** TLS from the first byte, with this identity. */
  readonly tls?: TlsIdentity | undefined;
  readonly clock: Clock;
  readonly rules: RuleBook;
  readonly trace: Trace;
  /** Names connections: the same counter for all listeners of one server. */
  readonly nextConnection: (protocol: Protocol) => string;
  readonly accept: (socket: net.Socket, arrival: Arrival) => void;
}

export interface TcpListener {
  readonly port: number;
  readonly open: number;
  readonly peakOpen: number;
  readonly accepted: number;
  /** Stops listening and drops what is open. */
  close(): Promise<void>;
}

/** A real listener on TCP or TLS whose connections reach the same protocol cores as those of a world. */
export async function listenTcp(options: TcpListenOptions): Promise<TcpListener> {
  const sockets = new Set<net.Socket>();
  const count = { open: 0, peakOpen: 0, accepted: 0 };

  const admit = (socket: net.Socket): void => {
    socket.on('error', () => {});
    sockets.add(socket);
    count.accepted += 1;
    count.open += 1;
    count.peakOpen = Math.max(count.peakOpen, count.open);
    const connection = options.nextConnection(options.protocol);
    const from = socket.remoteAddress ?? 'unknown';
    const { protocol } = options;
    const encrypted = options.tls !== undefined;
    options.trace.emit({ kind: 'connect', protocol, connection, from, encrypted });
    socket.once('close', (failed) => {
      sockets.delete(socket);
      count.open -= 1;
      options.trace.emit({ kind: 'disconnect', protocol, connection, how: failed ? 'reset' : 'end' });
    });
    const arrival: Arrival = { connection, ordinal: count.accepted, remoteAddress: from, encrypted };
    const site: Site = { protocol, phase: 'connect', connection, ordinal: arrival.ordinal };
    const intervention = options.rules.active ? options.rules.at(site) : undefined;
    if (intervention === undefined) options.accept(socket, arrival);
    else carryOut(intervention, socket, options.clock, () => options.accept(socket, arrival));
  };

  const server =
    options.tls === undefined
      ? net.createServer({ noDelay: true, allowHalfOpen: false }, admit)
      : tls.createServer({ ...options.tls, noDelay: true }, admit);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('A TCP listener always has an address.');
  return {
    port: address.port,
    get open() {
      return count.open;
    },
    get peakOpen() {
      return count.peakOpen;
    },
    get accepted() {
      return count.accepted;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** What a fault at `connect` can be on TCP, where the handshake is already done when we hear of it. */
function carryOut(intervention: Intervention, socket: net.Socket, clock: Clock, accept: () => void): void {
  for (const action of intervention.actions) {
    switch (action.kind) {
      case 'refuse':
      case 'reset':
        endConnection(socket, 'reset');
        return;
      case 'close':
        endConnection(socket, 'close');
        return;
      case 'hang':
      case 'half-open':
        return;
      default:
        break;
    }
  }
  clock.setTimeout(() => void (socket.destroyed || accept()), intervention.delayMs);
}

/** Answers a client's STLS or STARTTLS: a TLS server handshake on a connection that is already open. */
export function upgradeTcp(socket: net.Socket, identity: TlsIdentity): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const secure = new tls.TLSSocket(socket, { isServer: true, ...identity });
    secure.once('secure', () => {
      secure.removeListener('error', reject);
      resolve(secure);
    });
    secure.once('error', reject);
  });
}
