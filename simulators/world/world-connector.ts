import type { Duplex } from 'node:stream';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { MemoryNetwork } from '../network/memory-network.ts';
import { MemorySocket } from '../network/memory-socket.ts';
import { MemoryStream } from '../network/memory-stream.ts';

interface Target {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly tls: boolean;
}

const firstClientPort = 32_768;

/** How a program under test reaches the servers of a world: streams of bytes, or sockets for libraries. */
export class WorldConnector {
  readonly #network: MemoryNetwork;
  readonly #clock: VirtualClock;
  #ports = firstClientPort;

  constructor(network: MemoryNetwork, clock: VirtualClock) {
    this.#network = network;
    this.#clock = clock;
  }

  connect(to: Target, signal?: AbortSignal): Promise<MemoryStream> {
    return this.#network.connect(to, signal);
  }

  /** STLS or STARTTLS was agreed on: the same stream, encrypted (declared) from here on. */
  async upgrade(stream: object, _to: Target, signal?: AbortSignal): Promise<MemoryStream> {
    if (!(stream instanceof MemoryStream)) throw new TypeError('Only a stream that this connector opened can be upgraded.');
    const onAbort = (): void => void stream.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal?.addEventListener('abort', onAbort, { once: true });
    await stream.upgradeTls().finally(() => signal?.removeEventListener('abort', onAbort));
    return stream;
  }

  async connectSocket(to: Target, signal?: AbortSignal): Promise<Duplex> {
    const stream = await this.#network.connect(to, signal);
    this.#ports += 1;
    return new MemorySocket(stream, this.#clock, { local: this.#ports, remote: to.port });
  }
}
