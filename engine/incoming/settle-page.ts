import type { NewAlert } from '../records/alert.ts';
import type { ReceivedEmail } from '../records/email.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { BoundEmail, IncomingItem, NewTracking } from '../store/store.ts';
import type { Bindings, ClaimedEmail } from './bindings.ts';
import type { Elsewhere } from './elsewhere.ts';
import { quarantinedAlert } from './incoming-alerts.ts';
import { headerLines, receivedDate } from './message-dates.ts';
import { contentHash, parseMessage } from './parse-message.ts';
import type { PlannedFetch } from './plan.ts';

/** A message whose bytes are here. */
export interface FetchedMessage {
  readonly key: string;
  readonly raw: Buffer;
  /** How it is tracked once it is stored; absent where nothing is tracked. */
  readonly tracking?: NewTracking | undefined;
  /** What the server knows it by in whichever folders it shows it. */
  readonly identity?: string | undefined;
}

/** What decides about a message beside its content. */
export interface SettleRules {
  /** The record that a message is, among those with the same bytes; undefined for a message of its own. */
  claim(key: string, hash: string, records: readonly BoundEmail[]): ClaimedEmail | undefined;
  readonly deleting: boolean;
  /** Only mail received after it is processed; 0 for all. */
  readonly receivedAfter: number;
  /** A quarantined message is shown to be so at the server. */
  readonly showing?: boolean;
}

/** What is known of the maildrop while pages are settled. */
export interface Maildrop {
  readonly bindings: Bindings;
  /** Of these keys, the ones under which what is recorded may still lie although the listing does not name them. */
  unlisted?(keys: readonly string[]): Promise<readonly string[]>;
  /** Other folders, in which a record's message may lie. */
  readonly elsewhere?: Elsewhere;
  /** How what is stored is tracked; absent where nothing is tracked. */
  readonly tracking?: NewTracking;
  /** How to fetch a settled message of the listing again; undefined when LIST does not name it. */
  recheck(key: string): PlannedFetch | undefined;
  readonly deleting: boolean;
  /** Only mail received after it is processed; 0 for all. */
  readonly receivedAfter: number;
  /** Where the session before broke off with nothing given: each message is asked for by itself. */
  readonly suspect?: string | undefined;
}

/** A page with an outcome for each of its messages, not yet committed. */
export interface SettledPage {
  readonly items: readonly IncomingItem[];
  readonly alerts: readonly NewAlert[];
  readonly delivered: readonly { readonly itemId: string; readonly email: ReceivedEmail }[];
}

/**
 * Works on fetched messages. The strikes of the whole page are written first: a message that kills the process is
 * counted too. A message that fails leaves the others alone.
 */
export async function settlePage(
  context: CycleContext,
  rules: SettleRules,
  page: readonly FetchedMessage[],
): Promise<SettledPage> {
  const { store, lease, clock, signal } = context;
  const keys = page.map((message) => message.key);
  const strikes = await store.beginItems(lease, keys, clock.now());
  const hashes = page.map((message) => contentHash(message.raw));
  const stored = await store.storedWithHash(lease.mailboxId, hashes);
  const items: IncomingItem[] = [];
  const alerts: NewAlert[] = [];
  const delivered: { itemId: string; email: ReceivedEmail }[] = [];
  for (const [index, message] of page.entries()) {
    const itemId = message.key;
    if (signal.aborted) {
      items.push({ itemId, outcome: 'released' });
      continue;
    }
    const known = rules.claim(itemId, hashes[index]!, stored.get(hashes[index]!) ?? []);
    const tracking = {
      ...(message.tracking && { tracking: message.tracking }),
      ...(message.identity !== undefined && { identity: message.identity }),
    };
    if (known !== undefined) {
      const { emailId } = known;
      const beside = known.elsewhere === true ? { beside: true } : {};
      items.push({
        ...{ itemId, outcome: 'duplicate', emailId },
        ...{ deletePending: rules.deleting, ...tracking, ...beside },
      });
      continue;
    }
    if (tooOld(message.raw, rules.receivedAfter)) {
      items.push({
        itemId,
        outcome: 'skipped',
        reason: 'received before the date set',
        deletePending: false,
      });
      continue;
    }
    try {
      const email = await parseMessage(message.raw, hashes[index]!, clock.now());
      await unlessAborted(
        context.plugIns.before({ mailboxId: lease.mailboxId, emailId: undefined, email }),
        signal,
      );
      items.push({ itemId, outcome: 'stored', email, deletePending: rules.deleting, ...tracking });
      delivered.push({ itemId, email });
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 500) : 'failed without a reason';
      const count = strikes.get(itemId) ?? 1;
      if (count >= context.settings.maxItemStrikes) {
        const show = rules.showing === true ? { show: true } : {};
        items.push({ itemId, outcome: 'quarantined', reason, raw: message.raw, ...show });
        alerts.push(quarantinedAlert(context.mailbox, itemId, count, reason, false));
      } else {
        items.push({ itemId, outcome: 'failed', reason });
      }
    }
  }
  return { items, alerts, delivered };
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
