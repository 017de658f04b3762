import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { CredentialRef } from '../records/mailbox.ts';
import type { Settings } from '../records/settings.ts';
import type { Store } from '../store/store.ts';
import { ConnectionSlots } from './connection-slots.ts';
import type { FlowSession } from './flow-session.ts';
import type { ImapAccess, ImapUse } from './imap-access.ts';
import type { ImapSession } from './imap-session.ts';
import { InboxWatch } from './inbox-watch.ts';
import { ImapNotOpened, openImap } from './open-imap.ts';

/** Nobody has come back to a connection that listens in so long: its mailbox is not kept any more. Ours. */
const watchAtMostMs = 25 * 60 * 60_000;

export interface PoolSurroundings {
  readonly connector: Pick<Connector, 'connect' | 'upgrade' | 'connectSocket'>;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'imapKeepConnectionMs' | 'lingeringConnectionMs' | 'throttleBackoffMs'>;
  /** Where connections are written down, so that the next life knows what servers may count. */
  readonly store: Pick<Store, 'noteConnection' | 'dropConnection'>;
  /** The engine's name. */
  readonly owner: string;
  /** Who wants to know that something happened in an Inbox, where the profile says so. */
  readonly hints?: { readonly listening: boolean; told(mailboxId: string): void };
}

/** A connection nobody uses at the moment. */
interface Parked {
  readonly kept: Kept;
  timer: object | undefined;
  watch: InboxWatch | undefined;
}

/** An open connection. */
interface Kept {
  readonly session: FlowSession;
  /** What it was opened with; other settings need another connection. */
  readonly opened: string;
  /** Its number in the store. */
  readonly noted: number;
  /** The server does not let this connection idle. */
  deaf: boolean;
}

/** The connections of one profile. */
interface Shared {
  readonly slots: ConnectionSlots;
  /** By mailbox, the one parked longest first. */
  readonly parked: Map<string, Parked>;
  /** How many are being closed, each of which will leave its slot to somebody. */
  closing: number;
}

/** Keeps connections between uses, never more than each profile allows. */
export class ConnectionPool implements ImapAccess {
  readonly #around: PoolSurroundings;
  readonly #shared = new Map<string, Shared>();
  readonly #closing = new Set<Promise<void>>();
  /** Mailboxes nobody has come back to since they were released. */
  readonly #released = new Set<string>();
  /** By mailbox: what its server asked for, and until when. */
  readonly #away = new Map<string, { readonly until: number; readonly why: ClassifiedError }>();

  constructor(around: PoolSurroundings) {
    this.#around = around;
  }

  async use<Result>(context: ImapUse, work: (session: ImapSession) => Promise<Result>): Promise<Result> {
    const { profile, mailbox, signal } = context;
    this.#mindWait(mailbox.id);
    const shared = this.#sharedOf(profile);
    const opened = openedWith(context);
    this.#released.delete(mailbox.id);
    const parked = this.#unpark(shared, mailbox.id);
    if (parked !== undefined) {
      const { kept, watch } = parked;
      const { channel } = kept.session;
      if (kept.opened !== opened || channel.over) this.#leave(shared, kept, true);
      else {
        channel.use(signal);
        try {
          await watch?.end();
          const result = await work(kept.session);
          this.#park(shared, context, kept);
          return result;
        } catch (error) {
          this.#mindRefusal(mailbox.id, error);
          const dead = channel.over && !channel.answered && !signal.aborted;
          this.#park(shared, context, kept);
          // It had died while nobody used it, and nothing was learned from it: as if it had never been.
          if (!dead) throw error;
        }
      }
    }
    try {
      const kept = await this.#open(shared, context, opened);
      try {
        return await work(kept.session);
      } finally {
        this.#park(shared, context, kept);
      }
    } catch (error) {
      this.#mindRefusal(mailbox.id, error);
      throw error;
    }
  }

  stayAway(mailboxId: string, until: number, why: ClassifiedError): void {
    const known = this.#away.get(mailboxId);
    if (known === undefined || known.until < until) this.#away.set(mailboxId, { until, why });
  }

  hold(profile: ImapSmtpProfile, until: number): void {
    this.#sharedOf(profile).slots.hold(until);
  }

  release(mailboxId: string): void {
    this.#released.add(mailboxId);
    for (const shared of this.#shared.values()) this.#leaveParked(shared, mailboxId);
  }

  async close(): Promise<void> {
    for (const shared of this.#shared.values())
      for (const mailboxId of [...shared.parked.keys()]) this.#leaveParked(shared, mailboxId);
    await Promise.all(this.#closing);
    for (const { slots } of this.#shared.values()) slots.close();
  }

  /** Throws while the wait is not over that the mailbox's server asked for, whichever workload it told. */
  #mindWait(mailboxId: string): void {
    const away = this.#away.get(mailboxId);
    if (away === undefined) return;
    const retryAfterMs = away.until - this.#around.clock.now();
    if (retryAfterMs > 0) throw new SyncError({ ...away.why, retryAfterMs });
    this.#away.delete(mailboxId);
  }

  /** What one workload is told holds for the other one, too. */
  #mindRefusal(mailboxId: string, error: unknown): void {
    if (!(error instanceof SyncError) || error.classified.class !== 'throttled') return;
    this.#mindThrottle(mailboxId, error.classified);
  }

  #mindThrottle(mailboxId: string, why: ClassifiedError): void {
    const { clock, settings } = this.#around;
    // Untold, no longer than the shortest wait of a cycle: that one doubles.
    const waitMs = why.retryAfterMs ?? 0.8 * settings.throttleBackoffMs;
    this.stayAway(mailboxId, clock.now() + waitMs, why);
  }

  async #open(shared: Shared, context: ImapUse, opened: string): Promise<Kept> {
    const { profile, mailbox, secret, signal } = context;
    const { connector, clock, settings, store, owner } = this.#around;
    await shared.slots.take(profile.maxConcurrentConnections, signal, () => this.#makeRoom(shared));
    let noted: number | undefined;
    try {
      noted = await store.noteConnection(profile.id, owner);
      const session = await openImap({
        server: profile.incoming,
        credential: mailbox.credential,
        secret,
        connector,
        clock,
        silenceMs: profile.timeoutMailboxConnectionAfterMs,
        signal,
      });
      return { session, opened, noted, deaf: false };
    } catch (error) {
      const lingering = noted !== undefined && !(error instanceof ImapNotOpened && !error.lingering);
      const heldUntil = lingering ? clock.now() + settings.lingeringConnectionMs : undefined;
      if (noted !== undefined) await this.#forget(noted, heldUntil);
      shared.slots.free(heldUntil);
      throw error;
    }
  }

  #park(shared: Shared, { profile, mailbox, signal }: ImapUse, kept: Kept): void {
    const { settings, hints } = this.#around;
    const { channel, can } = kept.session;
    const wanted = shared.slots.waiting > shared.closing;
    const mayKeep = settings.imapKeepConnectionMs > 0 && !this.#released.has(mailbox.id);
    const keeps = mayKeep && !wanted && !shared.parked.has(mailbox.id);
    if (channel.over || signal.aborted || !keeps) {
      this.#leave(shared, kept, !signal.aborted);
      return;
    }
    channel.whenOver(() => this.#leaveParked(shared, mailbox.id));
    const parked: Parked = { kept, timer: undefined, watch: undefined };
    shared.parked.set(mailbox.id, parked);
    const listens = profile.hints === true && hints?.listening === true && can.idle && !kept.deaf;
    // Who was told to slow down does not ask to be told more.
    if (listens && channel.throttled === undefined) this.#watch(shared, mailbox.id, parked);
    else this.#keepFor(settings.imapKeepConnectionMs, shared, mailbox.id, parked);
  }

  #watch(shared: Shared, mailboxId: string, parked: Parked): void {
    const { clock, hints, settings } = this.#around;
    const { kept } = parked;
    const { channel } = kept.session;
    this.#keepFor(watchAtMostMs, shared, mailboxId, parked);
    channel.use(neverAborted);
    const watch = new InboxWatch(kept.session, {
      clock,
      told: () => hints?.told(mailboxId),
      ended: (why) => {
        if (shared.parked.get(mailboxId) !== parked) return;
        parked.watch = undefined;
        kept.deaf = why === 'refused';
        const { throttled } = channel;
        if (throttled !== undefined) this.#mindThrottle(mailboxId, throttled);
        if (why === 'lost') this.#leaveParked(shared, mailboxId);
        else this.#keepFor(settings.imapKeepConnectionMs, shared, mailboxId, parked);
      },
    });
    parked.watch = watch;
  }

  #keepFor(ms: number, shared: Shared, mailboxId: string, parked: Parked): void {
    const { clock } = this.#around;
    clock.clearTimeout(parked.timer);
    parked.timer = clock.setTimeout(() => this.#leaveParked(shared, mailboxId), ms);
  }

  #unpark(shared: Shared, mailboxId: string): Parked | undefined {
    const parked = shared.parked.get(mailboxId);
    if (parked === undefined) return undefined;
    shared.parked.delete(mailboxId);
    this.#around.clock.clearTimeout(parked.timer);
    parked.watch?.stop();
    parked.kept.session.channel.whenOver(undefined);
    return parked;
  }

  #leaveParked(shared: Shared, mailboxId: string): void {
    const parked = this.#unpark(shared, mailboxId);
    if (parked !== undefined) this.#leave(shared, parked.kept, true);
  }

  #leave(shared: Shared, { session, noted }: Kept, polite: boolean): void {
    const { clock, settings } = this.#around;
    shared.closing += 1;
    const left = session.channel.leave(polite).then(async (closed) => {
      const heldUntil = closed ? undefined : clock.now() + settings.lingeringConnectionMs;
      await this.#forget(noted, heldUntil);
      shared.closing -= 1;
      shared.slots.free(heldUntil);
      // Who counted on this slot needs another.
      if (heldUntil !== undefined) this.#makeRoom(shared);
      this.#closing.delete(left);
    });
    this.#closing.add(left);
  }

  /** Connections that nobody uses are given up for those who wait. */
  #makeRoom(shared: Shared): void {
    while (shared.slots.waiting > shared.closing) {
      const [oldest] = shared.parked.keys();
      if (oldest === undefined) return;
      this.#leaveParked(shared, oldest);
    }
  }

  /** What cannot be written counts as open for the next life, which is on the safe side. */
  async #forget(noted: number, heldUntil: number | undefined): Promise<void> {
    try {
      await this.#around.store.dropConnection(noted, heldUntil);
    } catch {
      return;
    }
  }

  #sharedOf({ id, maxConcurrentConnections }: ImapSmtpProfile): Shared {
    let shared = this.#shared.get(id);
    if (shared === undefined) {
      const slots = new ConnectionSlots(this.#around.clock, maxConcurrentConnections);
      shared = { slots, parked: new Map(), closing: 0 };
      this.#shared.set(id, shared);
    }
    return shared;
  }
}

/** A connection that listens is under no cycle's signal. */
const neverAborted = new AbortController().signal;

/** By the credential as the store gives it, which is the same object until it is changed: with which server, and as text. */
const openings = new WeakMap<
  CredentialRef,
  { readonly incoming: ImapSmtpProfile['incoming']; readonly text: string }
>();

function openedWith({ profile: { incoming }, mailbox: { credential } }: ImapUse): string {
  const known = openings.get(credential);
  if (known?.incoming === incoming) return known.text;
  const text = JSON.stringify([incoming, credential]);
  openings.set(credential, { incoming, text });
  return text;
}
