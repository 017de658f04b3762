import type { Clock } from '../ports/clock.ts';
import type { FlowSession } from './flow-session.ts';
import type { IdleEnd } from './imap-channel.ts';

/** RFC 2177: IDLE is ended and begun anew every 29 minutes at least; a little sooner, ours. */
const renewMs = 25 * 60_000;

export interface InboxWatching {
  readonly clock: Clock;
  /** Something happened in the Inbox, or may have. */
  readonly told: () => void;
  /** It hears no more, by no will of ours; the connection may be over. */
  readonly ended: (why: IdleEnd) => void;
}

/** Listens in IDLE to what happens in the Inbox, on a connection that nobody uses meanwhile. */
export class InboxWatch {
  readonly #session: FlowSession;
  readonly #given: InboxWatching;
  #stopped = false;
  #doing: Promise<void>;
  #timer: object | undefined;

  constructor(session: FlowSession, given: InboxWatching) {
    this.#session = session;
    this.#given = given;
    this.#doing = this.#begin();
  }

  /** Hears no more, at once. The connection may still be idling. */
  stop(): void {
    this.#stopped = true;
    this.#given.clock.clearTimeout(this.#timer);
    this.#session.whenNews(undefined);
  }

  /** Hears no more; resolves when the connection takes commands again. Rejects with `SyncError` when it is over. */
  async end(): Promise<void> {
    this.stop();
    await this.#doing;
    await this.#session.channel.endIdle();
  }

  async #begin(): Promise<void> {
    const session = this.#session;
    try {
      if (session.selected?.path !== 'INBOX') await session.select('INBOX');
    } catch {
      this.#over(session.channel.over ? 'lost' : 'refused');
      return;
    }
    if (this.#stopped) return;
    session.whenNews(this.#given.told);
    this.#idle();
  }

  #idle(): void {
    const { channel, quirks } = this.#session;
    let renewing = false;
    this.#timer = this.#given.clock.setTimeout(() => {
      renewing = true;
      this.#doing = this.#renew();
    }, quirks.idleMs ?? renewMs);
    void channel.idle().then((how) => {
      if (renewing || this.#stopped) return;
      this.#given.clock.clearTimeout(this.#timer);
      this.#over(how);
    });
  }

  /** Also how a connection is found that fell silent. */
  async #renew(): Promise<void> {
    try {
      await this.#session.channel.endIdle();
      if (!this.#stopped) this.#idle();
    } catch {
      this.#over('lost');
    }
  }

  #over(why: IdleEnd): void {
    if (this.#stopped) return;
    this.stop();
    this.#given.ended(why);
  }
}
