import { SyncError } from '../errors/engine-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { Settings } from '../records/settings.ts';
import { Slots } from '../schedule/slots.ts';
import type { FlowSession } from './flow-session.ts';
import type { ImapAccess, ImapUse } from './imap-access.ts';
import type { ImapSession } from './imap-session.ts';
import { ImapNotOpened, openImap } from './open-imap.ts';

export interface PoolSurroundings {
  readonly connector: Pick<Connector, 'connect' | 'upgrade' | 'connectSocket'>;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'imapKeepConnectionMs' | 'lingeringConnectionMs'>;
}

/** A connection nobody uses at the moment. */
interface Parked {
  readonly session: FlowSession;
  /** What it was opened with; other settings need another connection. */
  readonly opened: string;
  readonly timer: object;
}

/** The connections of one profile: each holds a slot from before it is opened until its server shows that it is closed. */
interface Shared {
  readonly slots: Slots;
  /** By mailbox, the one parked longest first. */
  readonly parked: Map<string, Parked>;
  waiting: number;
  timer: object | undefined;
}

/** Keeps connections between uses, never more than each profile allows. */
export class ConnectionPool implements ImapAccess {
  readonly #around: PoolSurroundings;
  readonly #shared = new Map<string, Shared>();
  readonly #closing = new Set<Promise<void>>();

  constructor(around: PoolSurroundings) {
    this.#around = around;
  }

  async use<Result>(context: ImapUse, work: (session: ImapSession) => Promise<Result>): Promise<Result> {
    const { profile, mailbox, signal } = context;
    const shared = this.#sharedOf(profile);
    const opened = openedWith(context);
    const kept = this.#unpark(shared, mailbox.id);
    if (kept !== undefined) {
      const { session } = kept;
      if (kept.opened !== opened || session.channel.over) this.#leave(shared, session, true);
      else {
        session.channel.use(signal);
        try {
          const result = await work(session);
          this.#park(shared, context, session, opened);
          return result;
        } catch (error) {
          const dead = session.channel.over && !session.channel.answered && !signal.aborted;
          this.#park(shared, context, session, opened);
          // It had died while nobody used it, and nothing was learned from it: as if it had never been.
          if (!dead) throw error;
        }
      }
    }
    const session = await this.#open(shared, context);
    try {
      return await work(session);
    } finally {
      this.#park(shared, context, session, opened);
    }
  }

  async close(): Promise<void> {
    for (const shared of this.#shared.values())
      for (const mailboxId of [...shared.parked.keys()]) this.#leaveParked(shared, mailboxId);
    await Promise.all(this.#closing);
    for (const shared of this.#shared.values()) {
      this.#around.clock.clearTimeout(shared.timer);
      shared.timer = undefined;
    }
  }

  async #open(shared: Shared, context: ImapUse): Promise<FlowSession> {
    const { profile, mailbox, secret, signal } = context;
    const { connector, clock, settings } = this.#around;
    await this.#slot(shared, profile, signal);
    try {
      return await openImap({
        server: profile.incoming,
        credential: mailbox.credential,
        secret,
        connector,
        clock,
        silenceMs: profile.timeoutMailboxConnectionAfterMs,
        signal,
      });
    } catch (error) {
      const lingering = !(error instanceof ImapNotOpened) || error.lingering;
      this.#free(shared, lingering ? clock.now() + settings.lingeringConnectionMs : undefined);
      throw error;
    }
  }

  /** A slot, for which a parked connection of another mailbox is given up where there is no other. */
  #slot(shared: Shared, profile: ImapSmtpProfile, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let state: 'waiting' | 'granted' | 'given-up' = 'waiting';
      const aborted = (): void => {
        state = 'given-up';
        shared.waiting -= 1;
        const text = 'The cycle was ended while all connections of its server profile were in use.';
        reject(new SyncError({ class: 'transient', code: 'cycle-aborted', text, phase: 'connect' }));
      };
      shared.waiting += 1;
      shared.slots.freeHeld(this.#around.clock.now());
      shared.slots.take(profile.maxConcurrentConnections, () => {
        if (state === 'given-up') return shared.slots.release();
        state = 'granted';
        shared.waiting -= 1;
        signal.removeEventListener('abort', aborted);
        resolve();
      });
      // The grant above may have come at once; the compiler does not see it.
      if ((state as string) === 'granted') return;
      signal.addEventListener('abort', aborted, { once: true });
      if (signal.aborted) return aborted();
      const [oldest] = shared.parked.keys();
      if (oldest !== undefined) this.#leaveParked(shared, oldest);
      this.#freeHeldInTime(shared);
    });
  }

  #park(shared: Shared, { mailbox, signal }: ImapUse, session: FlowSession, opened: string): void {
    const { clock, settings } = this.#around;
    const { channel } = session;
    const keeps = settings.imapKeepConnectionMs > 0 && shared.waiting === 0 && !shared.parked.has(mailbox.id);
    if (channel.over || signal.aborted || !keeps) {
      this.#leave(shared, session, !signal.aborted);
      return;
    }
    const leave = (): void => this.#leaveParked(shared, mailbox.id);
    channel.whenOver(leave);
    const timer = clock.setTimeout(leave, settings.imapKeepConnectionMs);
    shared.parked.set(mailbox.id, { session, opened, timer });
  }

  #unpark(shared: Shared, mailboxId: string): Parked | undefined {
    const parked = shared.parked.get(mailboxId);
    if (parked === undefined) return undefined;
    shared.parked.delete(mailboxId);
    this.#around.clock.clearTimeout(parked.timer);
    parked.session.channel.whenOver(undefined);
    return parked;
  }

  #leaveParked(shared: Shared, mailboxId: string): void {
    const parked = this.#unpark(shared, mailboxId);
    if (parked !== undefined) this.#leave(shared, parked.session, true);
  }

  #leave(shared: Shared, { channel }: FlowSession, polite: boolean): void {
    const { clock, settings } = this.#around;
    const left = channel.leave(polite).then((closed) => {
      this.#closing.delete(left);
      this.#free(shared, closed ? undefined : clock.now() + settings.lingeringConnectionMs);
    });
    this.#closing.add(left);
  }

  #free(shared: Shared, heldUntil: number | undefined): void {
    if (heldUntil === undefined) shared.slots.release();
    else shared.slots.releaseAt(heldUntil);
    this.#freeHeldInTime(shared);
  }

  /** Somebody who waits is granted a slot that is held as soon as it comes free. */
  #freeHeldInTime(shared: Shared): void {
    const { clock } = this.#around;
    const { heldUntil } = shared.slots;
    if (heldUntil === undefined || shared.waiting === 0 || shared.timer !== undefined) return;
    shared.timer = clock.setTimeout(
      () => {
        shared.timer = undefined;
        shared.slots.freeHeld(clock.now());
        this.#freeHeldInTime(shared);
      },
      Math.max(1, heldUntil - clock.now()),
    );
  }

  #sharedOf({ id, maxConcurrentConnections }: ImapSmtpProfile): Shared {
    let shared = this.#shared.get(id);
    if (shared === undefined) {
      shared = {
        slots: new Slots(maxConcurrentConnections),
        parked: new Map(),
        waiting: 0,
        timer: undefined,
      };
      this.#shared.set(id, shared);
    }
    return shared;
  }
}

function openedWith({ profile, mailbox }: ImapUse): string {
  return JSON.stringify([profile.incoming, mailbox.credential]);
}
