import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { RuleBook, Site } from '../rules/rule.ts';
import type { Protocol, Trace } from '../trace/event.ts';
import { currentProcess, type Process } from '../world/process.ts';
import type { ByteStream } from './byte-stream.ts';
import { drawDelay } from './latency.ts';
import { MemorySocket } from './memory-socket.ts';
import { MemoryStream } from './memory-stream.ts';
import { networkError } from './network-error.ts';
import { planConnect } from './plan-connect.ts';
import type { LinkOptions, ListenOptions, WorldListener, WorldNetwork } from './world-network.ts';

interface Listening extends ListenOptions {
  open: number;
  peakOpen: number;
  accepted: number;
}

/** The network of one world: hosts by name, listeners, and connections between simulated processes. */
export class MemoryNetwork implements WorldNetwork {
  readonly #clock: VirtualClock;
  readonly #entropy: Entropy;
  readonly #rules: RuleBook;
  readonly #trace: Trace;
  readonly #link: LinkOptions;
  readonly #listening = new Map<string, Listening>();
  readonly #connections = new Map<Protocol, number>();

  constructor(options: {
    clock: VirtualClock;
    entropy: Entropy;
    rules: RuleBook;
    trace: Trace;
    link: LinkOptions;
  }) {
    this.#clock = options.clock;
    this.#entropy = options.entropy;
    this.#rules = options.rules;
    this.#trace = options.trace;
    this.#link = options.link;
  }

  listen(options: ListenOptions): WorldListener {
    const key = `${options.host}:${options.port}`;
    if (this.#listening.has(key))
      throw networkError('EADDRINUSE', 'listen', `something already listens on ${key}`);
    const listening: Listening = { ...options, open: 0, peakOpen: 0, accepted: 0 };
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
      close: () => void this.#listening.delete(key),
    };
  }

  /**
   * Opens a connection as the running process. Takes one round trip, and one more for TLS. Rejects with
   * `ENOTFOUND`, `ECONNREFUSED`, `ECONNRESET`, `EPROTO` or a certificate error code; never settles when a rule
   * swallows it, until `signal` aborts.
   */
  connect(to: { host: string; port: number; tls: boolean }, signal?: AbortSignal): Promise<MemoryStream> {
    return new Promise((resolve, reject) => {
      const owner = currentProcess();
      const place = `${to.host}:${to.port}`;
      let settled = false;
      let client: MemoryStream | undefined;
      const onAbort = (): void =>
        fail(networkError('ABORT_ERR', 'connect', `connecting to ${place} was given up`));
      const finish = (): boolean => {
        if (settled) return false;
        settled = true;
        signal?.removeEventListener('abort', onAbort);
        return true;
      };
      const fail = (error: Error): void => {
        if (!finish()) return;
        client?.destroy(error);
        reject(error);
      };
      const later = (delayMs: number, fn: () => void): void => void this.#clock.schedule(fn, delayMs, owner);
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });

      const listening = this.#listening.get(place);
      if (listening === undefined) {
        const known = [...this.#listening.values()].some((other) => other.host === to.host);
        const error = known
          ? networkError('ECONNREFUSED', 'connect', place)
          : networkError('ENOTFOUND', 'getaddrinfo', to.host);
        return later(0, () => fail(error));
      }
      const site = this.#site(listening);
      const link = listening.link ?? this.#link;
      const oneWayMs = (): number =>
        drawDelay(link.latencyMs, this.#entropy, 'network.latency', site.connection);
      const intervention = this.#rules.active ? this.#rules.at(site) : undefined;
      const roundTripMs = oneWayMs() + oneWayMs() + (intervention?.delayMs ?? 0);
      const plan = planConnect(intervention, to.tls);
      if (plan.kind === 'swallow') return;
      if (plan.kind === 'fail')
        return later(roundTripMs, () => fail(networkError(plan.code, 'connect', place)));
      later(roundTripMs, () => {
        if (settled) return;
        if (to.tls !== listening.tls) {
          return later(oneWayMs() * 2, () =>
            fail(networkError('EPROTO', 'tls', `${place} does not speak ${to.tls ? 'TLS' : 'plain text'}`)),
          );
        }
        const handshakeMs = to.tls ? oneWayMs() + oneWayMs() : 0;
        client = this.#open(listening, link, site, owner, plan.limits, handshakeMs);
        later(handshakeMs, () => {
          if (finish() && client !== undefined) resolve(client);
        });
      });
    });
  }

  asSocket(stream: ByteStream, ports = { local: 0, remote: 0 }): MemorySocket {
    return new MemorySocket(own(stream), this.#clock, ports);
  }

  async upgrade(stream: ByteStream): Promise<MemoryStream> {
    await own(stream).upgradeTls();
    return own(stream);
  }

  close(): void {
    this.#listening.clear();
  }

  #site(listening: Listening): Site {
    const { protocol } = listening;
    const number = (this.#connections.get(protocol) ?? 0) + 1;
    this.#connections.set(protocol, number);
    listening.accepted += 1;
    return { protocol, phase: 'connect', connection: `${protocol}#${number}`, ordinal: listening.accepted };
  }

  #open(
    listening: Listening,
    link: LinkOptions,
    site: Site,
    owner: Process | undefined,
    limits: { bytesPerSecond?: number; maxPacketBytes?: number },
    handshakeMs: number,
  ): MemoryStream {
    const { connection, protocol } = site;
    const wire = (direction: string) => ({
      latencyMs:
        typeof link.latencyMs === 'number'
          ? () => link.latencyMs as number // narrowed just above
          : () => drawDelay(link.latencyMs, this.#entropy, `network.latency.${direction}`, connection),
      bytesPerSecond: limits.bytesPerSecond ?? link.bytesPerSecond ?? Number.POSITIVE_INFINITY,
      maxPacketBytes: limits.maxPacketBytes ?? link.maxPacketBytes ?? Number.POSITIVE_INFINITY,
    });
    let ends = 2;
    const onGone = (how: 'end' | 'reset' | 'close'): void => {
      ends -= 1;
      if (ends > 0) return;
      listening.open -= 1;
      this.#trace.emit({ kind: 'disconnect', protocol, connection, how });
    };
    const shared = { clock: this.#clock, connection, onGone };
    const from = `10.0.0.${owner === undefined ? 1 : 2}`;
    const client = new MemoryStream({
      ...shared,
      owner,
      wire: wire('up'),
      remoteAddress: listening.host,
      isServer: false,
    });
    const server = new MemoryStream({
      ...shared,
      owner: undefined,
      wire: wire('down'),
      remoteAddress: from,
      isServer: true,
    });
    MemoryStream.join(client, server);
    client.encrypted = listening.tls;
    server.encrypted = listening.tls;
    listening.open += 1;
    listening.peakOpen = Math.max(listening.peakOpen, listening.open);
    this.#trace.emit({ kind: 'connect', protocol, connection, from, encrypted: listening.tls });
    this.#clock.schedule(
      () => {
        if (server.destroyed) return;
        listening.accept(server, {
          connection,
          ordinal: site.ordinal,
          remoteAddress: from,
          encrypted: listening.tls,
        });
      },
      // A server that speaks first cannot do so before the handshake is over.
      handshakeMs,
      undefined,
    );
    return client;
  }
}

function own(stream: ByteStream): MemoryStream {
  if (stream instanceof MemoryStream) return stream;
  throw new TypeError('Only a stream of this network can be used here.');
}
