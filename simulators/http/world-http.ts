import { drawDelay } from '../network/latency.ts';
import { planConnect } from '../network/plan-connect.ts';
import type { Site } from '../rules/rule.ts';
import { currentProcess, type Process } from '../world/process.ts';
import type { HttpListenOptions, ListeningHost } from './listening-host.ts';
import { fetchFailed } from './lost-connection.ts';
import { WorldConnection } from './world-connection.ts';
import type { WorldHttpOptions } from './world-http-options.ts';

/** A web server of a world, and what it counted. */
export interface HttpHost {
  readonly host: string;
  /** Connections open now. */
  readonly open: number;
  readonly peakOpen: number;
  readonly accepted: number;
  close(): void;
}

/**
 * The web of one world: HTTPS servers by host name, and `fetch` for its processes. What a wire does is modelled, not
 * spoken: connecting and its faults, HTTP/1.1 connections kept alive for each process and host (a free one is used
 * again, else a new one opens, and idle ones close), latency each way, bandwidth, and the end of it all when a process
 * dies. Requests and replies are whole, and mean to handlers and clients what they mean over TCP.
 */
export class WorldHttp {
  readonly #options: WorldHttpOptions;
  readonly #hosts = new Map<string, ListeningHost>();
  /** Idle connections of each process, the last used last. */
  readonly #idle = new Map<Process | undefined, Map<string, WorldConnection[]>>();
  #connections = 0;

  constructor(options: WorldHttpOptions) {
    this.#options = options;
  }

  /** Throws when the host is there already. */
  listen(options: HttpListenOptions): HttpHost {
    const { host } = options;
    if (this.#hosts.has(host)) throw new Error(`${host} is served already: give each service its own host.`);
    const listening: ListeningHost = { ...options, open: 0, peakOpen: 0, accepted: 0 };
    this.#hosts.set(host, listening);
    return {
      host,
      get open() {
        return listening.open;
      },
      get peakOpen() {
        return listening.peakOpen;
      },
      get accepted() {
        return listening.accepted;
      },
      close: () => void this.#hosts.delete(host),
    };
  }

  /**
   * As the `fetch` of the running process. Rejects with `TypeError('fetch failed')` whose cause has a code (`ENOTFOUND`,
   * `ECONNREFUSED`, `ECONNRESET`, `UND_ERR_SOCKET`, `EPROTO`, a certificate error), or with the reason of `init.signal`.
   */
  fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const owner = currentProcess();
    return new Promise((resolve, reject) => {
      const signal = init.signal ?? undefined;
      if (signal?.aborted) return reject(signal.reason);
      // The server's view of the request: it ends when this side goes, for whatever reason.
      const gone = new AbortController();
      const request = new Request(url, { ...init, signal: gone.signal });
      let connection: WorldConnection | undefined;
      let settled = false;
      const onAbort = (): void => {
        gone.abort(signal?.reason);
        connection?.end('close');
        fail(signal?.reason);
      };
      const forget = (): void => signal?.removeEventListener('abort', onAbort);
      const fail = (error: unknown): void => {
        if (settled) return;
        settled = true;
        forget();
        reject(error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#connect(request, owner, {
        made: (made) => {
          connection = made;
          if (settled) made.end('close');
        },
        opened: (open) => {
          if (settled) return;
          open.exchange(request, gone, {
            replied: (response) => {
              if (settled) return;
              settled = true;
              resolve(response);
            },
            failed: fail,
            // Until then an abort breaks off the body that is still on its way.
            done: forget,
          });
        },
        failed: fail,
      });
    });
  }

  /** Drops what is listening. */
  close(): void {
    this.#hosts.clear();
  }

  #connect(
    { url }: Request,
    owner: Process | undefined,
    course: {
      made(connection: WorldConnection): void;
      opened(connection: WorldConnection): void;
      failed(error: Error): void;
    },
  ): void {
    const { clock, entropy, rules } = this.#options;
    const { hostname, protocol, port } = new URL(url);
    const later = (delayMs: number, fn: () => void): void => void clock.schedule(fn, delayMs, owner);
    const host = this.#hosts.get(hostname);
    if (host === undefined) {
      later(0, () => course.failed(fetchFailed('ENOTFOUND', hostname)));
      return;
    }
    if (protocol !== 'https:' || port !== '') {
      later(0, () => course.failed(fetchFailed('ECONNREFUSED', `${hostname} listens on port 443 only`)));
      return;
    }
    const idle = this.#idle.get(owner)?.get(hostname)?.pop();
    if (idle !== undefined) {
      idle.take();
      course.made(idle);
      course.opened(idle);
      return;
    }
    host.accepted += 1;
    this.#connections += 1;
    const connection = `graph#${this.#connections}`;
    const site: Site = { protocol: 'graph', phase: 'connect', connection, ordinal: host.accepted };
    const link = host.link ?? this.#options.link;
    const oneWayMs = (): number => drawDelay(link.latencyMs, entropy, 'network.latency', connection);
    const onConnect = rules.active ? rules.at(site) : undefined;
    const onTls = rules.active ? rules.at({ ...site, phase: 'tls' }) : undefined;
    const plan = planConnect(onConnect, true);
    if (plan.kind === 'swallow') return;
    const roundTripMs = oneWayMs() + oneWayMs() + (onConnect?.delayMs ?? 0);
    if (plan.kind === 'fail') {
      later(roundTripMs, () => course.failed(fetchFailed(plan.code, hostname)));
      return;
    }
    later(roundTripMs, () => {
      const made = new WorldConnection({
        host,
        connection,
        ordinal: site.ordinal,
        owner,
        wire: { ...(link.bytesPerSecond && { bytesPerSecond: link.bytesPerSecond }), ...plan.limits },
        oneWayMs,
        world: this.#options,
        onIdle: (free) => this.#keep(free, owner, hostname),
      });
      course.made(made);
      const secured = planConnect(onTls, true);
      const handshakeMs = oneWayMs() + oneWayMs() + (onTls?.delayMs ?? 0);
      if (secured.kind === 'swallow') return;
      later(handshakeMs, () => {
        if (secured.kind === 'open') return course.opened(made);
        made.end('reset');
        course.failed(fetchFailed(secured.code, hostname));
      });
    });
  }

  /** The way out of the pool, for a connection that closes while it is idle. */
  #keep(free: WorldConnection, owner: Process | undefined, hostname: string): () => void {
    let hosts = this.#idle.get(owner);
    if (hosts === undefined) {
      hosts = new Map();
      this.#idle.set(owner, hosts);
      owner?.onDeath(() => this.#idle.delete(owner));
    }
    const list = hosts.get(hostname) ?? [];
    hosts.set(hostname, list);
    list.push(free);
    return () => {
      const at = list.indexOf(free);
      if (at >= 0) list.splice(at, 1);
    };
  }
}
