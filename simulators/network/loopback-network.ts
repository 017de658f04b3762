import net from 'node:net';
import type { Duplex } from 'node:stream';
import { useClockForTimeout } from '../clock/socket-timeout.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { RuleBook, Site } from '../rules/rule.ts';
import type { Protocol, Trace } from '../trace/event.ts';
import { currentProcess, runAs } from '../world/process.ts';
import type { ByteStream } from './byte-stream.ts';
import { networkError } from './network-error.ts';
import type { ListenOptions, WorldListener, WorldNetwork } from './world-network.ts';

/** Idle turns of the event loop before time may move: bytes read by the kernel need some to reach JavaScript. */
const settleTurns = 3;

/**
 * A world over real TCP on loopback, to cross-check the network in memory. A virtual clock over real sockets jumps
 * while bytes sit in the kernel; so every connection is counted here, and time stands still while one is being made,
 * while what one end wrote is not what the other end read, or while one end does not know yet that the other is gone.
 * It cannot draw latencies, and TLS is declared.
 */
export class LoopbackNetwork implements WorldNetwork {
  readonly #clock: VirtualClock;
  readonly #rules: RuleBook;
  readonly #trace: Trace;
  readonly #listening = new Map<string, Listening>();
  readonly #pairs = new Set<Pair>();
  readonly #connections = new Map<Protocol, number>();
  readonly #stopHolding: () => void;
  readonly #stopSettling: () => void;
  #connecting = 0;

  constructor(options: { clock: VirtualClock; rules: RuleBook; trace: Trace }) {
    this.#clock = options.clock;
    this.#rules = options.rules;
    this.#trace = options.trace;
    this.#stopSettling = this.#clock.settle(settleTurns);
    this.#stopHolding = this.#clock.holdWhile(() => this.#busy());
  }

  listen(options: ListenOptions): WorldListener {
    const server = net.createServer({ noDelay: true, allowHalfOpen: true });
    const ready = new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)); // a TCP server's address
    });
    const listening: Listening = {
      options,
      server,
      ready,
      waiting: new Map(),
      open: 0,
      peakOpen: 0,
      accepted: 0,
    };
    server.on('connection', (socket) => listening.waiting.get(socket.remotePort ?? 0)?.(socket));
    this.#listening.set(`${options.host}:${options.port}`, listening);
    return {
      host: options.host,
      port: options.port,
      protocol: options.protocol,
      get open() {
        return listening.open;
      },
      get peakOpen() {
        return listening.peakOpen;
      },
      get accepted() {
        return listening.accepted;
      },
      close: () => void server.close(),
    };
  }

  async connect(to: { host: string; port: number; tls: boolean }, signal?: AbortSignal): Promise<ByteStream> {
    const place = `${to.host}:${to.port}`;
    const listening = this.#listening.get(place);
    if (listening === undefined) throw networkError('ECONNREFUSED', 'connect', place);
    const { protocol, tls } = listening.options;
    if (to.tls !== tls)
      throw networkError('EPROTO', 'tls', `${place} does not speak ${to.tls ? 'TLS' : 'plain text'}`);
    const number = (this.#connections.get(protocol) ?? 0) + 1;
    this.#connections.set(protocol, number);
    listening.accepted += 1;
    const site: Site = {
      protocol,
      phase: 'connect',
      connection: `${protocol}#${number}`,
      ordinal: listening.accepted,
    };
    const refused = this.#rules
      .at(site)
      ?.actions.some(({ kind }) => kind === 'refuse' || kind === 'reset' || kind === 'close');
    if (refused) throw networkError('ECONNREFUSED', 'connect', place);
    this.#connecting += 1;
    try {
      signal?.throwIfAborted();
      return await this.#open(listening, site);
    } finally {
      this.#connecting -= 1;
    }
  }

  async #open(listening: Listening, site: Site): Promise<net.Socket> {
    const { protocol, connection } = site;
    const owner = currentProcess();
    const client = net.connect({ host: '127.0.0.1', port: await listening.ready, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      client.once('error', reject);
      client.once('connect', () => {
        client.removeListener('error', reject);
        resolve();
      });
    });
    const server = await new Promise<net.Socket>((resolve) =>
      listening.waiting.set(client.localPort ?? 0, resolve),
    );
    listening.waiting.delete(client.localPort ?? 0);
    const pair: Pair = { client, server };
    this.#pairs.add(pair);
    listening.open += 1;
    listening.peakOpen = Math.max(listening.peakOpen, listening.open);
    for (const socket of [client, server]) {
      useClockForTimeout(socket, this.#clock);
      socket.on('error', () => {});
      socket.once('close', () => {
        if (!(client.destroyed && server.destroyed) || !this.#pairs.delete(pair)) return;
        listening.open -= 1;
        this.#trace.emit({ kind: 'disconnect', protocol, connection, how: 'end' });
      });
    }
    owner?.onDeath(() => client.resetAndDestroy());
    this.#trace.emit({
      kind: 'connect',
      protocol,
      connection,
      from: '127.0.0.1',
      encrypted: listening.options.tls,
    });
    const { accept, tls } = listening.options;
    runAs(undefined, () =>
      accept(server, { connection, ordinal: site.ordinal, remoteAddress: '127.0.0.1', encrypted: tls }),
    );
    return client;
  }

  asSocket(stream: ByteStream): Duplex {
    return own(stream);
  }

  upgrade(stream: ByteStream): Promise<ByteStream> {
    return Promise.resolve(stream);
  }

  close(): void {
    this.#stopHolding();
    this.#stopSettling();
    for (const { server } of this.#listening.values()) server.close();
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  #busy(): boolean {
    if (this.#connecting > 0) return true;
    for (const { client, server } of this.#pairs) {
      if (underWay(client, server) || underWay(server, client)) return true;
    }
    return false;
  }
}

/** True while `to` has not seen all that `from` did. */
function underWay(from: net.Socket, to: net.Socket): boolean {
  if (to.destroyed) return false;
  if (from.destroyed || from.writableEnded) return !to.readableEnded && !to.isPaused();
  return from.bytesWritten !== to.bytesRead && !to.isPaused();
}

function own(stream: ByteStream): net.Socket {
  if (stream instanceof net.Socket) return stream;
  throw new TypeError('Only a stream of this network can be used here.');
}

interface Listening {
  readonly options: ListenOptions;
  readonly server: net.Server;
  readonly ready: Promise<number>;
  readonly waiting: Map<number, (socket: net.Socket) => void>;
  open: number;
  peakOpen: number;
  accepted: number;
}

interface Pair {
  readonly client: net.Socket;
  readonly server: net.Socket;
}
