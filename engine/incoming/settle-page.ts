import type { NewAlert } from '../records/alert.ts';
import type { ReceivedEmail } from '../records/email.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { BoundEmail, IncomingItem } from '../store/store.ts';
import { quarantinedAlert } from './incoming-alerts.ts';
import { headerLines, receivedDate } from './message-dates.ts';
import { contentHash, parseMessage } from './parse-message.ts';

/** A message whose bytes are here. */
export interface FetchedMessage {
  readonly key: string;
  readonly number: number;
  readonly raw: Buffer;
}

/** What is known of the maildrop while pages are settled. */
export interface Maildrop {
  /** Keys of the whole listing, without those of which it cannot be told whose they are now. */
  readonly listed: ReadonlySet<string>;
  /** Records that a message of this cycle was found to be, so that no second one is. */
  readonly claimed: Set<number>;
  readonly deleting: boolean;
  /** Only mail received after it is processed; 0 for all. */
  readonly receivedAfter: number;
}

/** A page with an outcome for each of its messages, not yet committed. */
export interface SettledPage {
  readonly items: readonly IncomingItem[];
  readonly alerts: readonly NewAlert[];
  readonly delivered: readonly { readonly uidl: string; readonly email: ReceivedEmail }[];
}

/**
 * Works on fetched messages. The strikes of the whole page are written first: a message that kills the process is
 * counted too. A message that fails leaves the others alone.
 */
export async function settlePage(
  context: CycleContext,
  maildrop: Maildrop,
  page: readonly FetchedMessage[],
): Promise<SettledPage> {
  const { store, lease, clock, signal } = context;
  const keys = page.map((message) => message.key);
  const strikes = await store.beginItems(lease, keys, clock.now());
  const hashes = page.map((message) => contentHash(message.raw));
  const stored = await store.storedWithHash(lease.mailboxId, hashes);
  const items: IncomingItem[] = [];
  const alerts: NewAlert[] = [];
  const delivered: { uidl: string; email: ReceivedEmail }[] = [];
  for (const [index, message] of page.entries()) {
    const uidl = message.key;
    if (signal.aborted) {
      items.push({ uidl, outcome: 'released' });
      continue;
    }
    const known = matching(stored.get(hashes[index]!) ?? [], uidl, maildrop.listed, maildrop.claimed);
    if (known !== undefined) {
      maildrop.claimed.add(known.emailId);
      items.push({ uidl, outcome: 'duplicate', emailId: known.emailId, deletePending: maildrop.deleting });
      continue;
    }
    if (tooOld(message.raw, maildrop.receivedAfter)) {
      items.push({ uidl, outcome: 'skipped', reason: 'received before the date set', deletePending: false });
      continue;
    }
    try {
      const email = await parseMessage(message.raw, hashes[index]!, clock.now());
      await unlessAborted(
        context.plugIns.before({ mailboxId: lease.mailboxId, emailId: undefined, email }),
        signal,
      );
      items.push({ uidl, outcome: 'stored', email, deletePending: maildrop.deleting });
      delivered.push({ uidl, email });
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 500) : 'failed without a reason';
      const count = strikes.get(uidl) ?? 1;
      if (count >= context.settings.maxItemStrikes) {
        items.push({ uidl, outcome: 'quarantined', reason, raw: message.raw });
        alerts.push(quarantinedAlert(context.mailbox, uidl, count, reason));
      } else {
        items.push({ uidl, outcome: 'failed', reason });
      }
    }
  }
  return { items, alerts, delivered };
}

/**
 * The record these bytes already have, if this is the same message again: it is bound to this very UIDL, or to one
 * the server lists no more (every UIDL issued anew, a migration, a message that came back). Equal bytes under two
 * UIDLs side by side are two messages.
 */
function matching(
  bound: readonly BoundEmail[],
  uidl: string,
  listed: ReadonlySet<string>,
  claimed: ReadonlySet<number>,
): BoundEmail | undefined {
  const free = bound.filter((email) => !claimed.has(email.emailId));
  return free.find((email) => email.uidl === uidl) ?? free.find((email) => !listed.has(email.uidl));
}

function tooOld(raw: Buffer, receivedAfter: number): boolean {
  if (receivedAfter === 0) return false;
  const received = receivedDate(headerLines(raw));
  return received !== undefined && received <= receivedAfter;
}

function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('a plug-in had not finished when the cycle was ended'));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
