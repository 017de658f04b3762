import type { Clock } from '../ports/clock.ts';
import type { EmailServerProfile } from '../records/email-server-profile.ts';
import type { Mailbox, Workload } from '../records/mailbox.ts';
import type { IdleCycle, Lease, Store } from '../store/store.ts';
import { Slots } from './slots.ts';

export interface DispatcherOptions {
  readonly workload: Workload;
  readonly store: Store;
  readonly clock: Clock;
  readonly owner: string;
  readonly leaseMs: number;
  readonly windowMs: number;
  /** Cycles that run at the same time, over all profiles. */
  readonly maxConcurrent: number;
  readonly cycleBudgetMs: number;
  /**
   * Runs one leased cycle to its end, with its connection closed; resolves with the time until when the server may
   * count it all the same, if it may.
   */
  readonly run: (lease: Lease, mailbox: Mailbox, profile: EmailServerProfile) => Promise<number | undefined>;
  /** Ends the lease of a mailbox whose profile is not there. */
  readonly unserved: (lease: Lease, mailbox: Mailbox) => Promise<void>;
  /** How long a connection may be counted of whose cycle nothing is known. */
  readonly lingeringConnectionMs: number;
  /** Outgoing cycles that were found to have nothing to send, begun and ended at `at`. */
  readonly idle: (cycles: readonly IdleCycle[], at: number) => void;
  /** The store failed; the dispatcher comes back to it. */
  readonly storeFailed: (error: unknown) => void;
}

/** Another process may make something due in the same store; it is found after so long at most. */
const maxSleepMs = 60_000;
const afterStoreFailureMs = 5_000;

/**
 * Runs what is due of one workload: earliest first, within the profile's connections and the workload's own bound. A
 * profile whose connections are all taken is passed over until one is free, so that it holds up no other. One timer
 * is armed at a time.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #slots = new Map<string, Slots>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Set<Lease>();
  #active = 0;
  /** Something due had to wait for a slot or for the bound: the end of a cycle looks again. */
  #blocked = false;
  #timer: object | undefined;
  #armedAt = Number.POSITIVE_INFINITY;
  #pumping: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  /** Set while only what is due by then is to be run, and no timer armed. */
  #horizon: number | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** A connection of a life before may be counted by its server until then. */
  hold(profile: EmailServerProfile, until: number): void {
    this.#slotsOf(profile).hold(until);
  }

  /** Looks for what is due now. */
  wake(): Promise<void> {
    this.#again = true;
    this.#pumping ??= this.#pumpUntilQuiet();
    return this.#pumping;
  }

  /** A cycle's end was written: it is due again then. */
  dueAt(at: number): void {
    if (!this.#stopped && this.#horizon === undefined) this.#arm(at);
  }

  /** Runs each workload that is due now once, and resolves when all have ended. */
  async runDue(): Promise<void> {
    this.#horizon = this.#options.clock.now();
    await this.wake();
    while (this.#running.size > 0) {
      await Promise.all(this.#running.values());
      await this.wake();
    }
    // What found no slot because of connections that may be counted still is for the next time.
    await this.#giveBackWaiting();
    this.#horizon = undefined;
  }

  /** Starts nothing more, and gives back what has not begun; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#disarm();
    await this.#giveBackWaiting();
    await this.#pumping;
    await Promise.all(this.#running.values());
  }

  async #giveBackWaiting(): Promise<void> {
    for (const slots of this.#slots.values()) slots.forgetWaiting();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const lease of waiting) await this.#options.store.giveBack(lease);
  }

  async #pumpUntilQuiet(): Promise<void> {
    const { clock, storeFailed } = this.#options;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#pump();
      }
    } catch (error) {
      storeFailed(error);
      if (!this.#stopped) this.#arm(clock.now() + afterStoreFailureMs);
    } finally {
      this.#pumping = undefined;
    }
  }

  async #pump(): Promise<void> {
    const { workload, store, clock, owner, leaseMs, maxConcurrent } = this.#options;
    const now = this.#horizon ?? clock.now();
    for (const slots of this.#slots.values()) slots.freeHeld(now);
    if (workload === 'outgoing') {
      const cycles = await store.finishIdle({ now, windowMs: this.#options.windowMs });
      if (cycles.length > 0) this.#options.idle(cycles, now);
    }
    for (;;) {
      const limit = maxConcurrent - this.#active;
      if (limit <= 0 || this.#stopped) break;
      const exceptProfiles = this.#crowded();
      const leases = await store.leaseDue({ workload, now, limit, owner, leaseMs, exceptProfiles });
      for (const lease of leases) await this.#begin(lease);
      if (leases.length < limit) break;
    }
    const crowded = this.#crowded();
    const full = this.#active >= maxConcurrent;
    this.#blocked = full || crowded.length > 0;
    if (this.#horizon !== undefined || this.#stopped) return;
    const nextAt = full ? undefined : await store.nextDueAt(workload, now, crowded);
    this.#disarm();
    const lookAt = Math.min(nextAt ?? Number.POSITIVE_INFINITY, this.#firstHeldUntil());
    this.#arm(Math.min(Math.max(lookAt, now + 1), now + maxSleepMs));
  }

  async #begin(lease: Lease): Promise<void> {
    const { store, unserved } = this.#options;
    const mailbox = await store.mailbox(lease.mailboxId);
    if (mailbox === undefined) return;
    const profile = await store.profile(mailbox.emailServerProfileId);
    if (profile === undefined) return unserved(lease, mailbox);
    this.#waiting.add(lease);
    const own = this.#slotsOf(profile);
    const take = (): void =>
      own.take(profile.maxConcurrentConnections, () => this.#granted(lease, mailbox, profile, own));
    // The cycle before may have written its end and be closing its connection still.
    const before = this.#running.get(lease.mailboxId);
    if (before === undefined) take();
    else void before.then(take);
  }

  #granted(lease: Lease, mailbox: Mailbox, profile: EmailServerProfile, slots: Slots): void {
    this.#active += 1;
    this.#waiting.delete(lease);
    const { clock, storeFailed, lingeringConnectionMs } = this.#options;
    const done = this.#runGranted(lease, mailbox, profile)
      .catch((error: unknown) => {
        storeFailed(error);
        return clock.now() + lingeringConnectionMs;
      })
      .then((heldUntil) => {
        this.#active -= 1;
        this.#running.delete(mailbox.id);
        if (heldUntil === undefined) slots.release();
        else slots.releaseAt(heldUntil);
        if (this.#blocked && !this.#stopped) void this.wake();
      });
    this.#running.set(mailbox.id, done);
  }

  async #runGranted(
    lease: Lease,
    mailbox: Mailbox,
    profile: EmailServerProfile,
  ): Promise<number | undefined> {
    const { store, clock, cycleBudgetMs, run } = this.#options;
    // Having waited long, it would outlive its lease.
    const stale = lease.leaseUntil - clock.now() < cycleBudgetMs;
    if (!stale && !this.#stopped) return run(lease, mailbox, profile);
    await store.giveBack(lease);
    this.#blocked = true;
    return undefined;
  }

  #slotsOf({ id, maxConcurrentConnections }: EmailServerProfile): Slots {
    let slots = this.#slots.get(id);
    if (slots === undefined) {
      slots = new Slots(maxConcurrentConnections);
      this.#slots.set(id, slots);
    }
    return slots;
  }

  /** When the first slot comes free that keeps somebody waiting. */
  #firstHeldUntil(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { crowded, heldUntil } of this.#slots.values())
      if (crowded && heldUntil !== undefined) first = Math.min(first, heldUntil);
    return first;
  }

  #crowded(): string[] {
    const crowded: string[] = [];
    for (const [profileId, slots] of this.#slots) if (slots.crowded) crowded.push(profileId);
    return crowded;
  }

  #arm(at: number): void {
    if (at >= this.#armedAt) return;
    const { clock } = this.#options;
    this.#disarm();
    this.#armedAt = at;
    this.#timer = clock.setTimeout(
      () => {
        this.#disarm();
        void this.wake();
      },
      Math.max(0, at - clock.now()),
    );
  }

  #disarm(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedAt = Number.POSITIVE_INFINITY;
  }
}
