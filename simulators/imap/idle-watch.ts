import type { TimerHandle } from '../clock/clock.ts';
import type { ImapSession } from './session.ts';

/** Ends a session whose client has said nothing for as long as the profile allows in its state. */
export class IdleWatch {
  readonly #session: ImapSession;
  #lastHeardMs: number;
  #timer: TimerHandle | undefined;

  constructor(session: ImapSession) {
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

  /** Times out what has been quiet for too long (RFC 3501 section 5.4). */
  #watch(): void {
    const session = this.#session;
    const { clock } = session.context;
    const allowedMs =
      session.state === 'not-authenticated' ? session.profile.loginTimeoutMs : session.profile.idleTimeoutMs;
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
    session.outlet.add(
      `${session.replies.say(session.state === 'not-authenticated' ? 'loginIdle' : 'idle')}\r\n`,
    );
    session.end();
  }
}
