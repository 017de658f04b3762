import type { Store, WorkloadState } from '../../engine/store/store.ts';

/** What a run of `mailclock sync` did and how things stand at its end; this is the JSON that is printed. */
export interface Summary {
  readonly kind: 'summary';
  readonly store: string;
  /** In this run. */
  readonly cycles: number;
  readonly received: number;
  readonly sent: number;
  readonly mailboxes: readonly MailboxSummary[];
  /** Open alerts. */
  readonly alerts: readonly {
    readonly code: string;
    readonly mailbox: string | undefined;
    readonly text: string;
  }[];
}

export interface MailboxSummary {
  readonly mailbox: string;
  readonly workload: string;
  /** Of its last cycle in this run: `success`, `partial`, `failure`; `not run` when there was none. */
  readonly outcome: string;
  readonly items: number;
  readonly failed: number;
  /** Instant of the next run (ISO 8601), or `disabled`. */
  readonly nextRun: string;
  readonly error: string | undefined;
}

/** What was counted while the engine ran, by `mailbox workload`. */
export interface Tally {
  cycles: number;
  readonly workloads: Map<string, { outcome: string; items: number; failed: number }>;
}

/**
 * Puts together what was counted and what the store says now. With `dueBy`, what was due by then and did not run is
 * told of as an error.
 */
export async function summarize(
  store: Store,
  storePath: string,
  tally: Tally,
  mailboxIds: ReadonlySet<string>,
  dueBy: number | undefined,
): Promise<Summary> {
  const rows: MailboxSummary[] = [];
  const counts = { incoming: 0, outgoing: 0 };
  for (const state of await store.workloadStates()) {
    const { mailboxId, workload, enabled, nextRunAt } = state;
    if (!mailboxIds.has(mailboxId) || workload === 'act') continue;
    const ran = tally.workloads.get(`${mailboxId} ${workload}`);
    counts[workload] += ran?.items ?? 0;
    if (!enabled && ran === undefined && !(await wasDisabled(store, mailboxId, workload))) continue;
    const statistics =
      ran === undefined || ran.outcome === 'success' ? undefined : await store.statistics(mailboxId);
    const passedOver = ran === undefined && enabled && dueBy !== undefined && nextRunAt <= dueBy;
    rows.push({
      mailbox: mailboxId,
      workload,
      outcome: ran?.outcome ?? 'not run',
      items: ran?.items ?? 0,
      failed: ran?.failed ?? 0,
      nextRun: enabled ? new Date(nextRunAt).toISOString() : 'disabled',
      error: passedOver ? await whyPassedOver(store, state, dueBy) : statistics?.lastSyncError,
    });
  }
  const alerts = (await store.alerts({ open: true })).map(({ code, mailboxId, text }) => ({
    code,
    mailbox: mailboxId,
    text,
  }));
  return {
    kind: 'summary',
    store: storePath,
    cycles: tally.cycles,
    received: counts.incoming,
    sent: counts.outgoing,
    mailboxes: rows,
    alerts,
  };
}

/** Disabled by an error, and not because nobody ever wanted it. */
async function wasDisabled(store: Store, mailboxId: string, workload: string): Promise<boolean> {
  const alerts = await store.alerts({ open: true });
  return alerts.some((alert) => alert.mailboxId === mailboxId && alert.workload === workload);
}

/** Its profile's connections are all taken by those of a run that was killed, as far as the server may know. */
async function whyPassedOver(
  store: Store,
  { emailServerProfileId, workload }: WorkloadState,
  now: number,
): Promise<string> {
  const first = (await store.heldConnections(now)).find(
    (held) => held.emailServerProfileId === emailServerProfileId && held.workload === workload,
  );
  if (first === undefined) return 'It was due and did not run: no connection was free; run it again.';
  const until = new Date(first.until).toISOString();
  return `It was due and did not run: its server may count connections of a run that was killed until ${until}; run it again then.`;
}
