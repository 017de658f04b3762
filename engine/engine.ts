import { manyFailingAlert, noProfileAlert, troubleCodes } from './alerts/codes.ts';
import { checkedSettings } from './checked-settings.ts';
import { EngineError, SyncError } from './errors/engine-error.ts';
import type { GraphAccess } from './graph/graph-access.ts';
import { openGraphAccess } from './graph/open-graph-access.ts';
import { answerNotification } from './graph-notifications/answer-notification.ts';
import { openImapAccess } from './imap/open-imap-access.ts';
import { HintGate } from './imap-hints/hint-gate.ts';
import { BearerSecrets } from './oauth/bearer-secrets.ts';
import { openTokenSource } from './oauth/open-token-source.ts';
import type { PlugIn } from './plugins/plug-in.ts';
import { PlugInQueue } from './plugins/plug-in-runner.ts';
import type { Clock } from './ports/clock.ts';
import type { Connector } from './ports/connector.ts';
import type { EngineEvent, Observer } from './ports/observer.ts';
import type { Random } from './ports/random.ts';
import { providerCycle } from './providers/provider-cycles.ts';
import type { NewAlert } from './records/alert.ts';
import type { NewEmail } from './records/email.ts';
import type { EmailFlags } from './records/email-flags.ts';
import type { EmailServerProfile } from './records/email-server-profile.ts';
import type { Mailbox } from './records/mailbox.ts';
import type { Settings } from './records/settings.ts';
import type { TrackingFolder } from './records/tracking.ts';
import type { Cycle } from './schedule/cycle.ts';
import { Dispatcher } from './schedule/dispatcher.ts';
import { Outage } from './schedule/outage.ts';
import { type CycleSurroundings, Interruption, runCycle } from './schedule/run-cycle.ts';
import { atLeastPollingInterval } from './schedule/window.ts';
import type { CycleEnd, IdleCycle, ItemName, Lease, Store } from './store/store.ts';
import { watchedStore } from './store/watched-store.ts';

/** The workloads this engine runs, each with a queue, bounds and a cycle of its own. */
export type RunWorkload = 'incoming' | 'outgoing';

const workloads = ['incoming', 'outgoing'] as const;

export interface EngineOptions {
  /** Who holds the leases. One that starts again under its name takes its own leases back at once; default `engine`. */
  readonly name?: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly connector: Connector;
  /** Reads the secret of a mailbox, each time it is needed. */
  readonly secrets: (mailbox: Mailbox, server: RunWorkload) => Promise<string>;
  /**
   * Told of each new refresh token (credentials of the kind `refresh-token`), to keep it where secrets are kept. Without
   * it the engine goes on with the newest one it has, and with the first one after a restart.
   */
  readonly keepRefreshToken?: (mailbox: Mailbox, token: string) => Promise<void>;
  readonly observe?: Observer;
  readonly settings?: Partial<Settings>;
  readonly plugIns?: readonly PlugIn[];
  /** Another way to Microsoft Graph than the engine's own. */
  readonly graph?: GraphAccess;
  /** Other cycles than the engine's own, by workload. */
  readonly cycles?: Partial<Record<RunWorkload, Cycle>>;
}

export interface RunSummary {
  readonly cycles: number;
  readonly processed: number;
  readonly failed: number;
}

/** A running cycle that was told to stop has so long to do it. */
const stopWithinMs = 30_000;

/**
 * Synchronizes the mailboxes of a store: each workload of each mailbox a cycle at a time, the next one a window after
 * the end of the last. Everything it knows is in the store, so that it may die at any instant.
 */
export class Engine {
  /** The store this engine works on; what is written through it is noticed at once. */
  readonly store: Store;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #observe: Observer;
  readonly #settings: Settings;
  readonly #secrets: EngineOptions['secrets'];
  readonly #bearers: BearerSecrets;
  readonly #plugIns: PlugInQueue;
  readonly #around: CycleSurroundings;
  readonly #cycles: Record<RunWorkload, Cycle>;
  readonly #dispatchers: Record<RunWorkload, Dispatcher>;
  readonly #outages = new Map<string, Outage>();
  readonly #interruptions = new Set<Interruption>();
  readonly #hints: HintGate;
  /** Mailboxes hinted at while their incoming cycle ran: it may have looked before. */
  readonly #hinted = new Set<string>();
  /** Mailbox and workload of those told to have no profile. */
  readonly #unserved = new Set<string>();
  #summary: RunSummary = { cycles: 0, processed: 0, failed: 0 };
  #state: 'new' | 'running' | 'stopped' = 'new';

  /** Throws `settings-invalid`. */
  constructor(options: EngineOptions) {
    const { store, clock, random, connector, name = 'engine', observe = () => {} } = options;
    this.#name = name;
    this.#clock = clock;
    this.#random = random;
    this.#observe = observe;
    this.#settings = checkedSettings(options.settings ?? {});
    this.#secrets = options.secrets;
    const { keepRefreshToken } = options;
    const tokens = openTokenSource({ connector, clock, ...(keepRefreshToken && { keepRefreshToken }) });
    this.#bearers = new BearerSecrets(tokens);
    this.#cycles = {
      incoming: providerCycle('incoming'),
      outgoing: providerCycle('outgoing'),
      ...options.cycles,
    };
    this.store = watchedStore(store, {
      cycleEnded: (lease, end) => this.#cycleEnded(lease, end),
      scheduleChanged: () => this.#scheduleChanged(),
    });
    this.#plugIns = new PlugInQueue(options.plugIns ?? [], (alert) => this.#raise(alert));
    this.#hints = new HintGate({
      clock,
      delayMs: this.#settings.imapHintDelayMs,
      windowMs: this.#settings.incomingWindowMs,
      bring: (mailboxId) => {
        this.store.bringForward(mailboxId, 'incoming', this.#clock.now()).catch(() => this.#storeFailed());
      },
    });
    this.#around = {
      store: this.store,
      clock,
      random,
      connector,
      graph: options.graph ?? openGraphAccess({ connector, clock, random, tokens }),
      imap: openImapAccess({
        connector,
        clock,
        settings: this.#settings,
        store: this.store,
        owner: name,
        hints: this.#hints,
      }),
      observe,
      settings: this.#settings,
      plugIns: this.#plugIns,
    };
    this.#dispatchers = { incoming: this.#dispatcher('incoming'), outgoing: this.#dispatcher('outgoing') };
  }

  /** Begins to run what is due, and goes on until `stop`. */
  async start(): Promise<void> {
    this.#begin();
    await this.#recall('on');
    this.#hints.listening = true;
    this.#observe({ kind: 'engine', what: 'started' });
    for (const workload of workloads) await this.#dispatchers[workload].wake();
  }

  /** Ends in good order: running cycles are told to stop and have a bounded time to do it. */
  async stop(): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'stopped';
    this.#hints.stop();
    this.#observe({ kind: 'engine', what: 'stopping' });
    let late: object | undefined;
    const bound = new Promise<void>((resolve) => {
      late = this.#clock.setTimeout(resolve, stopWithinMs);
    });
    const ended = Promise.all(workloads.map((workload) => this.#dispatchers[workload].stop()));
    for (const interruption of this.#interruptions) interruption.interrupt('stop');
    await Promise.race([ended.then(() => this.#around.imap.close()).then(() => this.#plugIns.idle()), bound]);
    this.#clock.clearTimeout(late);
    this.#observe({ kind: 'engine', what: 'stopped' });
  }

  /** Instead of `start`: runs each workload that is due once, and resolves when all have ended. */
  async runOnce(): Promise<RunSummary> {
    this.#begin();
    await this.#recall('once');
    this.#summary = { cycles: 0, processed: 0, failed: 0 };
    await Promise.all(workloads.map((workload) => this.#dispatchers[workload].runDue()));
    await this.#around.imap.close();
    await this.#plugIns.idle();
    this.#state = 'new';
    return this.#summary;
  }

  /** Brings the next run forward to now, but never into a wait the server has asked for. */
  async syncNow(mailboxId: string, workload: RunWorkload): Promise<void> {
    await this.#known(mailboxId);
    await this.store.bringForward(mailboxId, workload, this.#clock.now());
  }

  /**
   * Answers a request that reached a profile's `notificationUrl`: the validation handshake of Graph, and notifications,
   * which become hints. The application's web server hands them in; it may be asked by anybody.
   */
  notified(request: Request): Promise<Response> {
    return answerNotification(request, {
      secretOf: async (mailboxId) => {
        const mailbox = await this.store.mailbox(mailboxId);
        const profile = mailbox && (await this.store.profile(mailbox.emailServerProfileId));
        if (mailbox === undefined || profile?.serverType !== 'exchange-graph') return undefined;
        return this.#secret(mailbox, 'incoming');
      },
      hint: (mailboxId) => this.hint(mailboxId),
    });
  }

  /**
   * The provider says that something happened in the mailbox. It is a hint: the next incoming cycle is brought forward,
   * never into a wait the server has asked for, and what happened is what that cycle finds. Any number of hints in a
   * running cycle is one more cycle after it.
   */
  async hint(mailboxId: string): Promise<void> {
    await this.#known(mailboxId);
    const state = await this.store.workloadState(mailboxId, 'incoming');
    if (state?.enabled !== true) return;
    if (state.leaseOwner === undefined) await this.syncNow(mailboxId, 'incoming');
    else this.#hinted.add(mailboxId);
  }

  /**
   * Tracks what lies in a folder, from the next incoming cycle on: of an Exchange mailbox one under the Inbox, by the
   * server's `folderId` or by a `path` that begins under the Inbox; of an IMAP mailbox any but the Inbox, by its `path` from
   * the top or from the Inbox on, `/` between the names. Again with the same folder changes its regarding. Throws
   * `too-many-tracking-folders`, `no-folders`, `folder-by-path`.
   */
  async trackFolder(
    mailboxId: string,
    folder: ({ readonly folderId: string } | { readonly path: string }) & { readonly regarding?: string },
  ): Promise<TrackingFolder> {
    const serverType = await this.#serverType(mailboxId);
    if (serverType === 'pop3-smtp')
      throw new EngineError(
        'no-folders',
        `Mailbox ${mailboxId} is reached by POP3, which has no folders; give its server profile IMAP to track them.`,
      );
    if (serverType === 'imap-smtp' && 'folderId' in folder)
      throw new EngineError(
        'folder-by-path',
        `Folders of mailbox ${mailboxId} have no ids that last, since it is reached by IMAP; name the folder by its path.`,
      );
    const { maxFolderBasedTrackingMappings: maximum } = this.#settings;
    const folderId = 'folderId' in folder ? folder.folderId : undefined;
    const path = 'path' in folder ? folder.path : undefined;
    const { regarding } = folder;
    const added = await this.store.addTrackingFolder({ mailboxId, folderId, path, regarding }, maximum);
    if (added === undefined)
      throw new EngineError(
        'too-many-tracking-folders',
        `Mailbox ${mailboxId} has ${maximum} tracked folders, and no more are allowed; stop tracking another first.`,
      );
    await this.store.bringForward(mailboxId, 'incoming', this.#clock.now());
    return added;
  }

  /** What was tracked through the folder stays tracked. Throws `unknown-tracking-folder`. */
  async untrackFolder(mailboxId: string, id: number): Promise<void> {
    await this.#known(mailboxId);
    if (await this.store.dropTrackingFolder(mailboxId, id)) return;
    throw new EngineError('unknown-tracking-folder', `Mailbox ${mailboxId} has no tracked folder ${id}.`);
  }

  /** The tracked folders of a mailbox, each with whether it was found at the server. */
  async trackingFolders(mailboxId: string): Promise<readonly TrackingFolder[]> {
    await this.#known(mailboxId);
    return this.store.trackingFolders(mailboxId);
  }

  /**
   * A person tracks a message of an Exchange mailbox, wherever it lies: at once when it is in the store, else the next
   * incoming cycle fetches it, and raises `track-not-found` when the mailbox does not have it. `messageId` is the
   * Message-ID header. Throws `not-exchange`.
   */
  async track(mailboxId: string, item: ItemName & { readonly regarding?: string }): Promise<void> {
    await this.#exchange(mailboxId);
    await this.store.trackByHand(mailboxId, item, item.regarding);
    await this.store.bringForward(mailboxId, 'incoming', this.#clock.now());
  }

  /** A person lets go of a message; its record stays. False when it was not tracked. Throws `not-exchange`. */
  async untrack(mailboxId: string, item: ItemName): Promise<boolean> {
    await this.#exchange(mailboxId);
    const was = await this.store.untrackByHand(mailboxId, item);
    if (was) await this.store.bringForward(mailboxId, 'incoming', this.#clock.now());
    return was;
  }

  /**
   * Sets flags of received emails, all or none; those left out stay. The record has them at once, the mailbox with its
   * next incoming cycle (`syncNow`). Throws `flags-not-synchronized`.
   */
  async setEmailFlags(emailId: number | readonly number[], flags: Partial<EmailFlags>): Promise<void> {
    const emailIds = typeof emailId === 'number' ? [emailId] : emailId;
    const [unknown] = await this.store.setEmailFlags(emailIds, flags);
    if (unknown === undefined) return;
    throw new EngineError(
      'flags-not-synchronized',
      `Email ${unknown} is no received email of a mailbox whose flags are synchronized; set synchronizeFlags for its mailbox.`,
    );
  }

  /** Queues mail to be sent by the mailbox's next outgoing cycle. The same id again changes nothing. */
  async queueEmail(email: NewEmail): Promise<{ readonly messageId: string }> {
    const { emailAddress } = await this.#known(email.mailboxId);
    const queued = await this.store.outgoingEmail(email.id);
    if (queued !== undefined) return { messageId: queued.messageId };
    const domain = emailAddress.slice(emailAddress.lastIndexOf('@') + 1);
    const messageId = `<${this.#random.hex(16, 'message-id', email.id)}@${domain}>`;
    await this.store.queueEmail(email, { messageId, queuedOn: this.#clock.now() });
    return { messageId };
  }

  /** A person wants a failed or uncertain email tried again, for the recipients not served yet. */
  async resend(emailId: string): Promise<void> {
    await this.store.resend(emailId, this.#clock.now());
  }

  /** Switches workloads of a mailbox on (again): failures are forgotten and it is due at once. */
  async enableMailbox(mailboxId: string, which: readonly RunWorkload[] = workloads): Promise<void> {
    await this.#known(mailboxId);
    for (const workload of which) {
      await this.store.setWorkloadEnabled(mailboxId, workload, true, this.#clock.now());
    }
  }

  /** A cycle that runs goes on to its end; no other begins. */
  async disableWorkload(mailboxId: string, workload: RunWorkload): Promise<void> {
    await this.#known(mailboxId);
    await this.store.setWorkloadEnabled(mailboxId, workload, false, this.#clock.now());
    if (workload === 'incoming') this.#around.imap.release(mailboxId);
  }

  /** How much the asynchronous plug-ins have done, and how much waits for them. */
  get plugInLoad(): PlugInQueue['load'] {
    return this.#plugIns.load;
  }

  #begin(): void {
    if (this.#state === 'stopped')
      throw new EngineError(
        'engine-stopped',
        'This engine has been stopped; make a new one on the same store.',
      );
    if (this.#state === 'running')
      throw new EngineError('engine-running', 'This engine is running already; stop it first.');
    this.#state = 'running';
  }

  /** What a life before knew and kept in the store. */
  async #recall(going: 'on' | 'once'): Promise<void> {
    const now = this.#clock.now();
    await this.store.takeBack(this.#name, now + this.#settings.lingeringConnectionMs);
    for (const { emailServerProfileId, workload, until } of await this.store.heldConnections(now)) {
      const profile = await this.store.profile(emailServerProfileId);
      if (profile === undefined || workload === 'act') continue;
      const kept = profile.serverType === 'imap-smtp' && workload === 'incoming';
      if (kept) this.#around.imap.hold(profile, until);
      // A cycle would wait for its connection; who runs once has it not begin.
      if (!kept || going === 'once') this.#dispatchers[workload].hold(profile, until);
    }
    const ended = (await this.store.workloadStates()).flatMap((state) =>
      state.lastEndedOn === undefined ? [] : [{ ...state, lastEndedOn: state.lastEndedOn }],
    );
    for (const state of ended.sort((a, b) => a.lastEndedOn - b.lastEndedOn)) {
      const outage = this.#outage(state.emailServerProfileId, state.workload);
      outage.record(state.mailboxId, state.lastEndedOn, state.lastErrorClass);
    }
    for (const { code, emailServerProfileId, mailboxId, workload } of await this.store.alerts({
      open: true,
    })) {
      if (code === troubleCodes.noProfile) this.#unserved.add(`${mailboxId}\n${workload}`);
      if (code !== troubleCodes.outage || emailServerProfileId === undefined || workload === undefined)
        continue;
      this.#outage(emailServerProfileId, workload).outageTold = true;
    }
  }

  #dispatcher(workload: RunWorkload): Dispatcher {
    const { leaseMs, cycleBudgetMs, lingeringConnectionMs, incomingWindowMs, outgoingWindowMs } =
      this.#settings;
    const { maxConcurrentIncoming, maxConcurrentOutgoing } = this.#settings;
    return new Dispatcher({
      workload,
      store: this.store,
      clock: this.#clock,
      owner: this.#name,
      leaseMs,
      cycleBudgetMs,
      lingeringConnectionMs,
      windowMs: workload === 'incoming' ? incomingWindowMs : outgoingWindowMs,
      maxConcurrent: workload === 'incoming' ? maxConcurrentIncoming : maxConcurrentOutgoing,
      run: (lease, mailbox, profile) => this.#run(workload, lease, mailbox, profile),
      unserved: (lease, mailbox) => this.#withoutProfile(lease, mailbox),
      idle: (cycles, at) => this.#idle(cycles, at),
      storeFailed: () => this.#storeFailed(),
    });
  }

  async #run(
    workload: RunWorkload,
    lease: Lease,
    mailbox: Mailbox,
    profile: EmailServerProfile,
  ): Promise<number | undefined> {
    const key = `${mailbox.id}\n${workload}`;
    if (this.#unserved.delete(key)) {
      const match = { mailboxId: mailbox.id, workload, code: troubleCodes.noProfile };
      await this.store.clearAlerts(match, this.#clock.now());
    }
    if (workload === 'incoming' && profile.serverType === 'imap-smtp' && profile.hints === true)
      this.#hints.began(mailbox.id, atLeastPollingInterval(0, profile));
    const interruption = new Interruption();
    const outage = this.#outage(profile.id, workload);
    const secret = () =>
      this.#bearers.secret({
        mailbox,
        workload,
        silenceMs: profile.timeoutMailboxConnectionAfterMs,
        read: () => this.#secret(mailbox, workload),
        signal: interruption.signal,
      });
    this.#interruptions.add(interruption);
    try {
      return await runCycle(this.#around, this.#cycles[workload], {
        lease,
        mailbox,
        profile,
        outage,
        interruption,
        secret,
      });
    } finally {
      this.#interruptions.delete(interruption);
    }
  }

  /** It is looked at again a window later, and told of once. */
  async #withoutProfile(lease: Lease, mailbox: Mailbox): Promise<void> {
    const { mailboxId, workload, fence } = lease;
    const now = this.#clock.now();
    const { incomingWindowMs, outgoingWindowMs } = this.#settings;
    const alert = noProfileAlert(mailbox, workload);
    const key = `${mailboxId}\n${workload}`;
    const told = this.#unserved.has(key);
    this.#unserved.add(key);
    this.#observe({ kind: 'cycle-start', mailboxId, workload, fence, atMs: now });
    await this.store.finishCycle(lease, {
      startedAt: now,
      endedAt: now,
      nextRunAt: now + (workload === 'incoming' ? incomingWindowMs : outgoingWindowMs),
      wait: 'window',
      outcome: 'failure',
      processed: 0,
      failed: 0,
      error: { class: 'config', code: alert.code, text: alert.text, phase: 'cycle' },
      transientFailureCount: lease.transientFailureCount,
      authFailureCount: lease.authFailureCount,
      firstAuthFailureOn: lease.firstAuthFailureOn,
      throttleWaitMs: lease.throttleWaitMs,
      disable: false,
      alerts: told ? [] : [alert],
      clearAlertCodes: [],
      memo: lease.memo,
    });
  }

  async #secret(mailbox: Mailbox, server: RunWorkload): Promise<string> {
    try {
      return await this.#secrets(mailbox, server);
    } catch (cause) {
      throw new SyncError(
        {
          class: 'transient',
          code: 'secret-unavailable',
          text: `The secret named ${mailbox.credential.secret} cannot be read; make it available.`,
          phase: 'auth',
        },
        { cause },
      );
    }
  }

  #idle(cycles: readonly IdleCycle[], atMs: number): void {
    for (const { mailboxId, fence, nextRunAt: nextRunAtMs } of cycles) {
      const cycle = { mailboxId, workload: 'outgoing', fence, atMs };
      this.#observe({ kind: 'cycle-start', ...cycle });
      this.#observe({
        kind: 'cycle-end',
        ...cycle,
        startedAtMs: atMs,
        outcome: 'success',
        items: 0,
        failed: 0,
        nextRunAtMs,
        wait: 'window',
      });
      this.#count(0, 0);
    }
  }

  #cycleEnded(lease: Lease, end: CycleEnd): void {
    const { mailboxId, workload, fence } = lease;
    this.#bearers.ended(mailboxId, workload, end.error?.class);
    const event: EngineEvent = {
      kind: 'cycle-end',
      mailboxId,
      workload,
      fence,
      atMs: end.endedAt,
      startedAtMs: end.startedAt,
      outcome: end.outcome,
      items: end.processed,
      failed: end.failed,
      nextRunAtMs: end.nextRunAt,
      wait: end.wait,
      code: end.error?.code,
    };
    for (const { code, severity } of end.alerts) this.#observe({ kind: 'alert', mailboxId, code, severity });
    this.#observe(event);
    this.#count(end.processed, end.failed);
    if (workload === 'act') return;
    if (!end.disable) this.#dispatchers[workload].dueAt(end.nextRunAt);
    if (workload === 'incoming') {
      this.#hints.ended(mailboxId, end);
      if (end.disable) this.#around.imap.release(mailboxId);
      if (end.wait === 'throttled' && end.error !== undefined)
        this.#around.imap.stayAway(mailboxId, end.nextRunAt, end.error);
    }
    if (workload === 'incoming' && this.#hinted.delete(mailboxId)) {
      this.store.bringForward(mailboxId, workload, end.endedAt).catch(() => this.#storeFailed());
    }
    this.#follow(lease, end).catch(() => this.#storeFailed());
  }

  /** Keeps the picture of the profile, and tells of an outage's end and of many that fail. */
  async #follow({ mailboxId, workload }: Lease, end: CycleEnd): Promise<void> {
    const mailbox = await this.store.mailbox(mailboxId);
    if (mailbox === undefined) return;
    const { emailServerProfileId } = mailbox;
    const outage = this.#outage(emailServerProfileId, workload);
    outage.record(mailboxId, end.endedAt, end.error?.class);
    if (end.wait === 'outage') outage.outageTold = true;
    if (end.error === undefined) {
      if (outage.manyIsOver(end.endedAt)) {
        const many = { emailServerProfileId, workload, code: troubleCodes.manyFailing };
        await this.store.clearAlerts(many, end.endedAt);
      }
      if (!outage.isOver(end.endedAt)) return;
      outage.outageTold = false;
      const match = { emailServerProfileId, workload, code: troubleCodes.outage };
      await this.store.clearAlerts(match, end.endedAt);
      return;
    }
    const many = outage.manyFailing(end.endedAt);
    if (many === undefined) return;
    await this.#raise(manyFailingAlert(emailServerProfileId, workload, many.failing, many.of));
  }

  #outage(profileId: string, workload: string): Outage {
    const key = `${profileId}\n${workload}`;
    const known = this.#outages.get(key);
    if (known !== undefined) return known;
    const outage = new Outage(this.#settings);
    this.#outages.set(key, outage);
    return outage;
  }

  async #raise(alert: NewAlert): Promise<void> {
    await this.store.raiseAlert(alert, this.#clock.now());
    this.#observe({ kind: 'alert', mailboxId: alert.mailboxId, code: alert.code, severity: alert.severity });
  }

  #count(processed: number, failed: number): void {
    const before = this.#summary;
    this.#summary = {
      cycles: before.cycles + 1,
      processed: before.processed + processed,
      failed: before.failed + failed,
    };
  }

  #scheduleChanged(): void {
    if (this.#state !== 'running') return;
    for (const workload of workloads) void this.#dispatchers[workload].wake();
  }

  /** It cannot be written where alerts are written. */
  #storeFailed(): void {
    this.#observe({ kind: 'alert', code: 'store-failed', severity: 'error' });
  }

  async #exchange(mailboxId: string): Promise<void> {
    if ((await this.#serverType(mailboxId)) === 'exchange-graph') return;
    throw new EngineError(
      'not-exchange',
      `Mailbox ${mailboxId} is not of an Exchange server profile; messages can be tracked by hand in those only.`,
    );
  }

  async #serverType(mailboxId: string): Promise<EmailServerProfile['serverType'] | undefined> {
    const { emailServerProfileId } = await this.#known(mailboxId);
    return (await this.store.profile(emailServerProfileId))?.serverType;
  }

  async #known(mailboxId: string): Promise<Mailbox> {
    const mailbox = await this.store.mailbox(mailboxId);
    if (mailbox !== undefined) return mailbox;
    throw new EngineError('unknown-mailbox', `There is no mailbox ${mailboxId} in the store; save it first.`);
  }
}
