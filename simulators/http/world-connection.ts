import type { Process } from '../world/process.ts';
import { type BodyEnd, endOfBody } from './body-stream.ts';
import type { HttpArrival, HttpWire } from './http-handler.ts';
import type { ListeningHost } from './listening-host.ts';
import { lostCode } from './lost-connection.ts';
import type { WorldHttpOptions } from './world-http-options.ts';

/** After so long without a request a client closes a connection, as undici does. */
const keepAliveMs = 4_000;

interface Course {
  replied(response: Response): void;
  failed(error: unknown): void;
  /** The body of the reply is over, and the connection free or gone. */
  done(): void;
}

/** One HTTP/1.1 connection of a world, open from its construction until `end`; one exchange at a time. */
export class WorldConnection {
  readonly arrival: HttpArrival;
  readonly #host: ListeningHost;
  readonly #owner: Process | undefined;
  readonly #oneWayMs: () => number;
  readonly #world: WorldHttpOptions;
  readonly #onIdle: (free: WorldConnection) => () => void;
  readonly #forgetDeath: (() => void) | undefined;
  #leavePool: (() => void) | undefined;
  #idleTimer: object | undefined;
  #ended = false;
  #gone: AbortController | undefined;

  constructor(options: {
    host: ListeningHost;
    connection: string;
    ordinal: number;
    owner: Process | undefined;
    wire: HttpWire;
    oneWayMs: () => number;
    world: WorldHttpOptions;
    onIdle: (free: WorldConnection) => () => void;
  }) {
    const { host, connection, ordinal, owner, wire } = options;
    this.#host = host;
    this.#owner = owner;
    this.#oneWayMs = options.oneWayMs;
    this.#world = options.world;
    this.#onIdle = options.onIdle;
    const ip = `10.0.0.${owner === undefined ? 1 : 2}`;
    this.arrival = { connection, ordinal, ip, encrypted: true, wire };
    this.#forgetDeath = owner?.onDeath(() => {
      this.end('reset');
      this.#gone?.abort();
    });
    host.open += 1;
    host.peakOpen = Math.max(host.peakOpen, host.open);
    this.#world.trace.emit({ kind: 'connect', protocol: 'graph', connection, from: ip, encrypted: true });
  }

  /** Out of the pool, for another exchange. */
  take(): void {
    this.#world.clock.clearTimeout(this.#idleTimer);
    this.#leavePool = undefined;
  }

  /**
   * Carries a request to the server and its reply back. What has left arrives and is served, whether or not the client
   * is still there; `gone` is how the server learns that it is not.
   */
  exchange(request: Request, gone: AbortController, course: Course): void {
    const { clock } = this.#world;
    this.#gone = gone;
    clock.schedule(
      () => {
        const answer = this.#host.handler(request, this.arrival);
        answer.then(
          (response) => this.#deliver(() => this.#take(response, course)),
          (error: unknown) => {
            if (gone.signal.aborted && error === gone.signal.reason) return;
            this.#deliver(() => {
              this.end(lostCode(error) === 'ECONNRESET' ? 'reset' : 'close');
              course.failed(error);
            });
          },
        );
      },
      this.#oneWayMs(),
      undefined,
    );
  }

  #deliver(fn: () => void): void {
    this.#world.clock.schedule(() => void (this.#ended || fn()), this.#oneWayMs(), this.#owner);
  }

  #take(response: Response, course: Course): void {
    const closes = response.headers.get('connection') === 'close';
    const streamed = endOfBody(response);
    course.replied(response);
    const over = (end: BodyEnd): void => {
      if (end === 'whole') this.#free(closes);
      else this.end(end === 'reset' ? 'reset' : 'close');
      course.done();
    };
    if (streamed === undefined) over('whole');
    else void streamed.then(over);
  }

  #free(closes: boolean): void {
    this.#gone = undefined;
    if (this.#ended) return;
    if (closes) {
      this.end('end');
      return;
    }
    this.#leavePool = this.#onIdle(this);
    this.#idleTimer = this.#world.clock.schedule(() => this.end('end'), keepAliveMs, undefined);
  }

  end(how: 'end' | 'reset' | 'close'): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#world.clock.clearTimeout(this.#idleTimer);
    this.#leavePool?.();
    this.#forgetDeath?.();
    this.#host.open -= 1;
    const { connection } = this.arrival;
    this.#world.trace.emit({ kind: 'disconnect', protocol: 'graph', connection, how });
  }
}
