import type { CycleContext, CycleReport, CycleResult } from '../schedule/cycle.ts';
import type { TrackingChange } from '../store/folder-work.ts';
import type { IncomingItem, IncomingPage } from '../store/store.ts';
import type { SettledPage } from './settle-page.ts';

/** A later runner has taken the mailbox over: nothing was written, and nothing more may be. */
export class Fenced extends Error {}

/** What one commit holds. */
export interface CommitPage
  extends Pick<SettledPage, 'items' | 'alerts' | 'delivered'>,
    Partial<Omit<IncomingPage, 'items' | 'alerts' | 'readsFlags'>> {}

/** Commits what a cycle settles, page by page, and counts it. */
export class CommitBook {
  processed = 0;
  failed = 0;
  /** Keys of what was committed and is to be deleted on the server. */
  readonly deletable: string[] = [];
  /** What is said of the tracking of a page's items, in the same commit. */
  placing: ((items: readonly IncomingItem[]) => readonly TrackingChange[]) | undefined;
  readonly #context: CycleContext;

  constructor(context: CycleContext) {
    this.#context = context;
  }

  /** Commits a page; asynchronous plug-ins hear of it afterwards. */
  async commit(page: CommitPage): Promise<void> {
    this.#count(page);
    await this.#write(page);
    this.deletable.push(...deletableOf(page.items));
  }

  /** Commits the last page and the end of the cycle as one. `result` is asked for when everything is counted. */
  async commitEnd(page: CommitPage, result: () => CycleResult): Promise<CycleReport> {
    this.#count(page);
    const final = result();
    const ended = this.#context.end(final);
    await this.#write(page, ended);
    return { result: final, ended };
  }

  #count(page: CommitPage): void {
    for (const { outcome } of page.items) {
      if (outcome === 'stored' || outcome === 'duplicate') this.processed += 1;
      if (outcome === 'failed' || outcome === 'quarantined') this.failed += 1;
    }
  }

  async #write(page: CommitPage, end?: CycleReport['ended']): Promise<void> {
    const { store, lease, mailbox, observe, plugIns } = this.#context;
    const { delivered, gone = [], ...rest } = page;
    const { items, alerts } = rest;
    const readsFlags = mailbox.synchronizeFlags === true;
    const placed = this.placing?.(items) ?? [];
    const tracking = placed.length === 0 ? {} : { tracking: [...placed, ...(rest.tracking ?? [])] };
    const committed = await store.commitIncoming(lease, { ...rest, ...tracking, gone, readsFlags }, end);
    if (committed.fenced) throw new Fenced();
    const { mailboxId } = lease;
    observe({
      kind: 'commit',
      unit: 'incoming',
      mailboxId,
      writes: items.length + gone.length,
    });
    for (const { code, severity } of alerts) observe({ kind: 'alert', mailboxId, code, severity });
    for (const { itemId, email } of delivered) {
      plugIns.after({ mailboxId, emailId: committed.storedIds.get(itemId), email });
    }
  }
}

/** Of these items, the ones whose message is stored and to be deleted on the server. */
export function deletableOf(items: readonly IncomingItem[]): readonly string[] {
  return items.flatMap((item) =>
    (item.outcome === 'stored' || item.outcome === 'duplicate') && item.deletePending ? [item.itemId] : [],
  );
}
