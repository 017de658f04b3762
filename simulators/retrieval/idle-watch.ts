import type { Clock, TimerHandle } from '../clock/clock.ts';
import type { Outlet } from '../network/outlet.ts';

/** A session whose client may fall silent. */
export interface WatchedSession {
  readonly context: { readonly clock: Clock };
  readonly outlet: Outlet;
  readonly mute: boolean;
  /** How long the client may say nothing, in the state the session is in. */
  readonly allowedIdleMs: number;
  /** What it is told then, without CRLF. */
  readonly idleLine: string;
  end(): void;
  close(): void;
}

/** Ends a session whose client has said nothing for as long as the profile allows in its state. */
export class IdleWatch {
  readonly #session: WatchedSession;
  #lastHeardMs: number;
  #timer: TimerHandle | undefined;

  constructor(session: WatchedSession) {
    this.#session = session;
    this.#lastHeardMs = session.context.clock.now();
  }

  heard(): void {
    this.#lastHeardMs = this.#session.context.clock.now();
  }

  /** Begins, or begins anew when the time allowed has changed with the state. */
  start(): void {
    this.stop();
    this.#watch();
  }

  stop(): void {
    this.#session.context.clock.clearTimeout(this.#timer);
  }

  /** Times out what has been quiet for too long (RFC 3501 section 5.4; RFC 1939 section 3: without the UPDATE state). */
  #watch(): void {
    const session = this.#session;
    const { clock } = session.context;
    const leftMs = this.#lastHeardMs + session.allowedIdleMs - clock.now();
    if (leftMs > 0) {
      this.#timer = clock.setTimeout(() => this.#watch(), leftMs);
      return;
    }
    this.#timer = undefined;
    if (session.mute) {
      session.outlet.stream.destroy();
      session.close();
      return;
    }
    session.outlet.add(`${session.idleLine}\r\n`);
    session.end();
  }
}
