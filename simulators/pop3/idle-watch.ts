import type { TimerHandle } from '../clock/clock.ts';
import type { Pop3Session } from './session.ts';

/** Ends a session whose client has said nothing for as long as the profile allows in its state. */
export class IdleWatch {
  readonly #session: Pop3Session;
  #lastHeardMs: number;
  #timer: TimerHandle | undefined;

  constructor(session: Pop3Session) {
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

  /** Times out what has been quiet for too long (RFC 1939 section 3: without the UPDATE state). */
  #watch(): void {
    const session = this.#session;
    const { clock } = session.context;
    const allowedMs =
      session.state === 'authorization' ? session.profile.loginTimeoutMs : session.profile.idleTimeoutMs;
    const leftMs = this.#lastHeardMs + allowedMs - clock.now();
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
    session.outlet.add(`${session.replies.say('idle')}\r\n`);
    session.end();
  }
}
