import type { Duplex } from 'node:stream';
import type { WorldHttp } from '../http/world-http.ts';
import type { ByteStream } from '../network/byte-stream.ts';
import type { WorldNetwork } from '../network/world-network.ts';

interface Target {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly tls: boolean;
}

const firstClientPort = 32_768;

/** How a program under test reaches the servers of a world: streams of bytes, or sockets for libraries. */
export class WorldConnector {
  readonly #network: WorldNetwork;
  readonly #http: WorldHttp;
  #ports = firstClientPort;

  constructor(network: WorldNetwork, http: WorldHttp) {
    this.#network = network;
    this.#http = http;
  }

  connect(to: Target, signal?: AbortSignal): Promise<ByteStream> {
    return this.#network.connect(to, signal);
  }

  /** STLS or STARTTLS was agreed on: the same stream, encrypted (declared) from here on. */
  async upgrade(stream: ByteStream, _to: Target, signal?: AbortSignal): Promise<ByteStream> {
    const onAbort = (): void =>
      void stream.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal?.addEventListener('abort', onAbort, { once: true });
    return this.#network.upgrade(stream).finally(() => signal?.removeEventListener('abort', onAbort));
  }

  /** HTTP over the world's network, as `fetch` has it, with connections kept alive for the running process. */
  fetch(url: string, init?: RequestInit): Promise<Response> {
    return this.#http.fetch(url, init);
  }

  async connectSocket(to: Target, signal?: AbortSignal): Promise<Duplex> {
    const stream = await this.#network.connect(to, signal);
    this.#ports += 1;
    return this.#network.asSocket(stream, { local: this.#ports, remote: to.port });
  }
}
