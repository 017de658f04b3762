import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { useClockForTimeout } from '../clock/socket-timeout.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { RuleBook, Site } from '../rules/rule.ts';
import type { Protocol, Trace } from '../trace/event.ts';
import { currentProcess, type Process, runAs } from '../world/process.ts';
import type { ByteStream } from './byte-stream.ts';
import { networkError } from './network-error.ts';
import { planConnect } from './plan-connect.ts';
import type { ListenOptions, WorldListener, WorldNetwork } from './world-network.ts';

/** Idle turns of the event loop before time may move: bytes read by the kernel need some to reach JavaScript. */
const settleTurns = 3;

/**
 * A world over real TCP on loopback, to cross-check the network in memory. A virtual clock over real sockets jumps
 * while bytes sit in the kernel; so every connection is counted here, and time stands still while one is being made,
 * while what one end wrote is not what the other end read, or while one end does not know yet that the other is gone.
 * It cannot draw latencies or shape what the kernel carries, and TLS from the first byte is declared.
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
    const listening = new Listening(options, server, ready);
    const key = `${options.host}:${options.port}`;
    this.#listening.set(key, listening);
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
      close: () => {
        this.#listening.delete(key);
        server.close();
      },
    };
  }

  connect(to: { host: string; port: number; tls: boolean }, signal?: AbortSignal): Promise<ByteStream> {
    return new Promise((resolve, reject) => {
      const owner = currentProcess();
      const place = `${to.host}:${to.port}`;
      let settled = false;
      const settle = (outcome: net.Socket | Error): void => {
        signal?.removeEventListener('abort', onAbort);
        if (settled || owner?.alive === false) {
          if (outcome instanceof net.Socket) outcome.destroy();
          return;
        }
        settled = true;
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const onAbort = (): void =>
        settle(networkError('ABORT_ERR', 'connect', `connecting to ${place} was given up`));
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });

      const listening = this.#listening.get(place);
      if (listening === undefined) {
        const known = [...this.#listening.values()].some(({ options }) => options.host === to.host);
        return settle(
          known
            ? networkError('ECONNREFUSED', 'connect', place)
            : networkError('ENOTFOUND', 'getaddrinfo', to.host),
        );
      }
      const { tls } = listening.options;
      const site = this.#site(listening);
      const intervention = this.#rules.active ? this.#rules.at(site) : undefined;
      const plan = planConnect(intervention, to.tls);
      if (plan.kind === 'swallow') return;
      this.#clock.schedule(
        () => {
          if (settled) return;
          if (plan.kind === 'fail') settle(networkError(plan.code, 'connect', place));
          else if (to.tls !== tls)
            settle(networkError('EPROTO', 'tls', `${place} does not speak ${to.tls ? 'TLS' : 'plain text'}`));
          else this.#open(listening, site, owner).then(settle, settle);
        },
        intervention?.delayMs ?? 0,
        owner,
      );
    });
  }

  #site(listening: Listening): Site {
    const { protocol } = listening.options;
    const number = (this.#connections.get(protocol) ?? 0) + 1;
    this.#connections.set(protocol, number);
    listening.accepted += 1;
    return { protocol, phase: 'connect', connection: `${protocol}#${number}`, ordinal: listening.accepted };
  }

  /** Both ends of a new connection; time stands still until it is there. */
  async #open(listening: Listening, site: Site, owner: Process | undefined): Promise<net.Socket> {
    this.#connecting += 1;
    try {
      const client = net.connect({ host: '127.0.0.1', port: await listening.ready, noDelay: true });
      await once(client, 'connect');
      const server = await listening.arrival(client.localPort ?? 0);
      this.#join(listening, site, { client, server }, owner);
      return client;
    } finally {
      this.#connecting -= 1;
    }
  }

  #join(listening: Listening, site: Site, pair: Pair, owner: Process | undefined): void {
    const { protocol, connection } = site;
    const { accept, tls } = listening.options;
    const { client, server } = pair;
    this.#pairs.add(pair);
    listening.open += 1;
    listening.peakOpen = Math.max(listening.peakOpen, listening.open);
    const onClose = (): void => {
      if (!(client.destroyed && server.destroyed) || !this.#pairs.delete(pair)) return;
      listening.open -= 1;
      forgetDeath?.();
      this.#trace.emit({ kind: 'disconnect', protocol, connection, how: 'end' });
    };
    const forgetDeath = owner?.onDeath(() => {
      // Nothing that happens to its sockets may wake a dead process.
      client.removeAllListeners();
      client.on('error', ignore);
      client.once('close', onClose);
      client.resetAndDestroy();
    });
    for (const socket of [client, server]) {
      useClockForTimeout(socket, this.#clock);
      socket.on('error', ignore);
      socket.once('close', onClose);
    }
    const from = `10.0.0.${owner === undefined ? 1 : 2}`;
    this.#trace.emit({ kind: 'connect', protocol, connection, from, encrypted: tls });
    runAs(undefined, () =>
      accept(server, { connection, ordinal: site.ordinal, remoteAddress: from, encrypted: tls }),
    );
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
    this.#listening.clear();
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

/** A listening socket, its counts, and the connections it took that nobody has asked for yet. */
class Listening {
  readonly options: ListenOptions;
  readonly server: net.Server;
  readonly ready: Promise<number>;
  open = 0;
  peakOpen = 0;
  accepted = 0;
  readonly #arrived = new Map<number, net.Socket>();
  readonly #awaited = new Map<number, (socket: net.Socket) => void>();

  constructor(options: ListenOptions, server: net.Server, ready: Promise<number>) {
    this.options = options;
    this.server = server;
    this.ready = ready;
    server.on('connection', (socket) => {
      const port = socket.remotePort ?? 0;
      const take = this.#awaited.get(port);
      if (take === undefined) this.#arrived.set(port, socket);
      else take(socket);
      this.#awaited.delete(port);
    });
  }

  /** The server's end of the connection that comes from `port`; either end may hear of it first. */
  arrival(port: number): Promise<net.Socket> {
    const socket = this.#arrived.get(port);
    this.#arrived.delete(port);
    if (socket !== undefined) return Promise.resolve(socket);
    return new Promise((resolve) => this.#awaited.set(port, resolve));
  }
}

function ignore(): void {}

interface Pair {
  readonly client: net.Socket;
  readonly server: net.Socket;
}
