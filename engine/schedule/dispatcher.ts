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
  /** Runs one leased cycle to its end, with its connection closed; never rejects. */
  readonly run: (lease: Lease, mailbox: Mailbox, profile: EmailServerProfile) => Promise<void>;
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
    this.#horizon = undefined;
  }

  /** Starts nothing more, and gives back what has not begun; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#disarm();
    for (const slots of this.#slots.values()) slots.forgetWaiting();
    for (const lease of this.#waiting) await this.#options.store.giveBack(lease);
    this.#waiting.clear();
    await this.#pumping;
    await Promise.all(this.#running.values());
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
    this.#arm(Math.min(Math.max(nextAt ?? Number.POSITIVE_INFINITY, now + 1), now + maxSleepMs));
  }

  async #begin(lease: Lease): Promise<void> {
    const { store } = this.#options;
    const mailbox = await store.mailbox(lease.mailboxId);
    const profile = mailbox && (await store.profile(mailbox.emailServerProfileId));
    // A mailbox without a profile cannot run; its lease runs out and it is looked at again.
    if (mailbox === undefined || profile === undefined) return;
    this.#waiting.add(lease);
    let slots = this.#slots.get(profile.id);
    if (slots === undefined) {
      slots = new Slots();
      this.#slots.set(profile.id, slots);
    }
    const own = slots;
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
    const done = this.#runGranted(lease, mailbox, profile)
      .catch(this.#options.storeFailed)
      .then(() => {
        this.#active -= 1;
        this.#running.delete(mailbox.id);
        slots.release();
        if (this.#blocked && !this.#stopped) void this.wake();
      });
    this.#running.set(mailbox.id, done);
  }

  async #runGranted(lease: Lease, mailbox: Mailbox, profile: EmailServerProfile): Promise<void> {
    const { store, clock, cycleBudgetMs, run } = this.#options;
    // Having waited long, it would outlive its lease.
    const stale = lease.leaseUntil - clock.now() < cycleBudgetMs;
    if (!stale && !this.#stopped) return run(lease, mailbox, profile);
    await store.giveBack(lease);
    this.#blocked = true;
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
