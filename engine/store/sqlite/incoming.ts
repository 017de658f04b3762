import type { EmailStatus } from '../../records/email.ts';
import { LeaseLost } from '../lease-lost.ts';
import type { BoundEmail, IncomingItem, LedgerEntry, LedgerState, Store } from '../store.ts';
import type { AlertWriter } from './alerts.ts';
import type { Connection } from './connection.ts';
import { flagBits } from './flag-bits.ts';
import type { FolderWriter } from './folder-sync.ts';
import type { LeaseWriter } from './lease-writer.ts';
import { receivedReader } from './received-reader.ts';
import { receivedWriter } from './received-writer.ts';
import { RowCache } from './row-cache.ts';

interface EmailRow {
  id: number;
  mailbox_id: string;
  status: EmailStatus;
  message_id: string | null;
  in_reply_to: string | null;
  subject: string | null;
  sent_on: number | null;
  received_on: number;
  raw_sha256: string;
  size_bytes: number;
  flags: number | null;
}

interface LedgerRow {
  item_id: string;
  state: LedgerState;
  strikes: number;
  delete_pending: number;
  changed_on: number;
  retry_after_ms: number | null;
}

type Incoming = Pick<
  Store,
  | 'itemLedger'
  | 'ledgerEntries'
  | 'beginItems'
  | 'storedWithHash'
  | 'storedWithIdentity'
  | 'commitIncoming'
  | 'receivedEmails'
  | 'receivedEmail'
  | 'emailRaw'
  | 'quarantine'
  | 'redrive'
>;

interface IncomingRows extends Incoming {
  /** Deletions refused as often as is allowed are asked for again. Part of the caller's transaction. */
  askDeletionsAgain(mailboxId: string): void;
  ledgerEntry(mailboxId: string, itemId: string): LedgerEntry | undefined;
  /** Rows of the ledger were taken away by something else. */
  forgetLedger(mailboxId: string): void;
  /** What is written beside items is given here, once it is made. */
  follow(folders: FolderWriter): void;
}

/** The ledger of what was seen, and what was stored of it. */
export function incoming(connection: Connection, leases: LeaseWriter, alerts: AlertWriter): IncomingRows {
  const ledgerRows = connection.prepare<LedgerRow>(
    'SELECT item_id, state, strikes, delete_pending, changed_on, retry_after_ms FROM item_ledger WHERE mailbox_id = ?',
  );
  const ledgerRow = connection.prepare<LedgerRow>(
    `SELECT item_id, state, strikes, delete_pending, changed_on, retry_after_ms FROM item_ledger
     WHERE mailbox_id = ? AND item_id = ?`,
  );
  const changedOn = connection.prepare<{ changed_on: number }>(
    'SELECT changed_on FROM item_ledger WHERE mailbox_id = ? AND item_id = ?',
  );
  const begin = connection.prepare<{ strikes: number; retry_after_ms: number | null }>(
    `INSERT INTO item_ledger (mailbox_id, item_id, state, strikes, delete_pending, changed_on) VALUES (?, ?, 'begun', 1, 0, ?)
     ON CONFLICT (mailbox_id, item_id) DO UPDATE SET strikes = strikes + 1, changed_on = excluded.changed_on
     RETURNING strikes, retry_after_ms`,
  );
  const settle = connection.prepare(
    `INSERT INTO item_ledger (mailbox_id, item_id, state, strikes, delete_pending, reason, changed_on, retry_after_ms)
     VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7)
     ON CONFLICT (mailbox_id, item_id) DO UPDATE SET state = excluded.state, delete_pending = excluded.delete_pending,
       strikes = CASE excluded.state WHEN 'quarantined' THEN strikes ELSE 0 END, reason = excluded.reason,
       changed_on = excluded.changed_on, retry_after_ms = excluded.retry_after_ms, beside_of = NULL,
       show_undeliverable = CASE excluded.state WHEN 'quarantined' THEN show_undeliverable ELSE 0 END`,
  );
  const fail = connection.prepare(
    `UPDATE item_ledger SET reason = ?3, changed_on = ?4 WHERE mailbox_id = ?1 AND item_id = ?2`,
  );
  const release = connection.prepare(
    `UPDATE item_ledger SET strikes = max(0, strikes - 1) WHERE mailbox_id = ? AND item_id = ? AND state = 'begun'`,
  );
  const drop = connection.prepare('DELETE FROM item_ledger WHERE mailbox_id = ? AND item_id = ?');
  const forgetRefusals = connection.prepare(
    'UPDATE item_ledger SET strikes = 0 WHERE mailbox_id = ? AND delete_pending = 1',
  );
  const putQuarantine = connection.prepare(
    `INSERT INTO quarantine (mailbox_id, item_id, strikes, reason, quarantined_on, raw)
     SELECT mailbox_id, item_id, strikes, ?3, ?4, ?5 FROM item_ledger WHERE mailbox_id = ?1 AND item_id = ?2
     ON CONFLICT (mailbox_id, item_id) DO UPDATE SET strikes = excluded.strikes, reason = excluded.reason,
       raw = coalesce(excluded.raw, raw)`,
  );
  const showUndeliverable = connection.prepare(
    'UPDATE item_ledger SET show_undeliverable = 1 WHERE mailbox_id = ? AND item_id = ?',
  );
  // The same bytes under a UIDL the ledger knows no more: every UIDL was issued anew, and this is the same message.
  const replaceQuarantined = connection.prepare(
    `DELETE FROM quarantine WHERE mailbox_id = ?1 AND item_id <> ?2 AND raw = ?3
     AND NOT EXISTS (SELECT 1 FROM item_ledger l WHERE l.mailbox_id = ?1 AND l.item_id = quarantine.item_id)`,
  );
  const putBeside = connection.prepare(
    'UPDATE item_ledger SET beside_of = ? WHERE mailbox_id = ? AND item_id = ?',
  );
  const beside = connection.prepare<{ email_id: number; item_id: string }>(
    `SELECT email.id AS email_id, l.item_id FROM email JOIN item_ledger l ON l.mailbox_id = email.mailbox_id AND l.beside_of = email.id
     WHERE email.mailbox_id = ? AND email.item_id = ? ORDER BY l.item_id LIMIT 1`,
  );
  const bindTo = connection.prepare('UPDATE email SET item_id = ? WHERE id = ? AND mailbox_id = ?');
  const withHash = connection.prepare<{ id: number; item_id: string }>(
    'SELECT id, item_id FROM email WHERE mailbox_id = ? AND raw_sha256 = ? ORDER BY id',
  );
  const withIdentity = connection.prepare<{ id: number; item_id: string }>(
    'SELECT id, item_id FROM email WHERE mailbox_id = ? AND provider_identity = ? ORDER BY id LIMIT 1',
  );
  const putIdentity = connection.prepare('UPDATE email SET provider_identity = ? WHERE id = ?');
  const received = `SELECT id, email.mailbox_id, status, message_id, in_reply_to, subject, sent_on, received_on, raw_sha256,
    size_bytes, own AS flags FROM email LEFT JOIN email_flags ON email_id = id WHERE direction = 'incoming'`;
  const allReceived = connection.prepare<EmailRow>(`${received} ORDER BY id`);
  const receivedOf = connection.prepare<EmailRow>(`${received} AND email.mailbox_id = ? ORDER BY id`);
  const readsFlags = connection.prepare(
    `INSERT INTO email_flags (email_id, mailbox_id) VALUES (?, ?)
     ON CONFLICT (email_id) DO UPDATE SET looked = 0, tries = 0, aside = 0`,
  );
  const raw = connection.prepare<{ raw: Uint8Array }>('SELECT raw FROM email_raw WHERE email_id = ?');
  const quarantineRows = connection.prepare<{
    mailbox_id: string;
    item_id: string;
    strikes: number;
    reason: string;
    quarantined_on: number;
  }>(
    `SELECT mailbox_id, item_id, strikes, reason, quarantined_on FROM quarantine
     WHERE ?1 IS NULL OR mailbox_id = ?1 ORDER BY mailbox_id, item_id`,
  );
  const tryAgain = connection.prepare(
    `UPDATE item_ledger SET state = 'begun', strikes = ?3, retry_after_ms = NULL
     WHERE mailbox_id = ?1 AND item_id = ?2 AND state = 'quarantined'`,
  );
  const leaveQuarantine = connection.prepare('DELETE FROM quarantine WHERE mailbox_id = ? AND item_id = ?');
  const writeReceived = receivedWriter(connection);
  const readReceived = receivedReader(connection);

  const ledgers = new RowCache<ReadonlyMap<string, LedgerEntry>>(
    connection,
    (mailboxId) => new Map(ledgerRows.all(mailboxId).map((row) => [row.item_id, entryOf(row)])),
    2_000,
  );

  let folders: FolderWriter | undefined;

  const ledgerEntry = (mailboxId: string, itemId: string): LedgerEntry | undefined => {
    const row = ledgerRow.one(mailboxId, itemId);
    return row === undefined ? undefined : entryOf(row);
  };

  /** Takes an item out of quarantine with so many strikes; without effect on one that is in none. */
  const putBack = (mailboxId: string, itemId: string, strikes: number): void => {
    // What the server lists no more cannot be tried again, and its row may hold the only copy.
    if (tryAgain.run(mailboxId, itemId, strikes).changes > 0) leaveQuarantine.run(mailboxId, itemId);
  };

  const beginOne = (mailboxId: string, itemId: string, now: number): number => {
    const begun = begin.one(mailboxId, itemId, now);
    if (begun === undefined) return 1;
    if (begun.retry_after_ms === null) return begun.strikes;
    putBack(mailboxId, itemId, 1);
    alerts.clearQuarantined(mailboxId, itemId, now);
    return 1;
  };

  const beginAll = (
    lease: Parameters<Store['beginItems']>[0],
    itemIds: readonly string[],
    now: number,
  ): Map<string, number> => {
    const strikes = connection.transaction(() => {
      if (!leases.holds(lease)) throw new LeaseLost(lease.mailboxId, lease.workload);
      return new Map(itemIds.map((itemId) => [itemId, beginOne(lease.mailboxId, itemId, now)]));
    });
    ledgers.forget(lease.mailboxId);
    folders?.forget(lease.mailboxId);
    return strikes;
  };

  /** The time of a page that does not end its cycle: when work on it began. */
  const begunOn = (mailboxId: string, items: readonly IncomingItem[]): number =>
    Math.max(0, ...items.map(({ itemId }) => changedOn.one(mailboxId, itemId)?.changed_on ?? 0));

  const stored = (mailboxId: string, item: Extract<IncomingItem, { outcome: 'stored' }>): number => {
    const emailId = writeReceived(mailboxId, item.itemId, item.email);
    if (item.identity !== undefined) putIdentity.run(item.identity, emailId);
    if (item.tracking !== undefined) folders?.bind(mailboxId, item.itemId, emailId, item.tracking);
    return emailId;
  };

  /** Forgets an item that is gone. Where the server shows its message as another one, the record is that one's. */
  const leave = (mailboxId: string, itemId: string, flagsToo: boolean): void => {
    drop.run(mailboxId, itemId);
    const other = beside.one(mailboxId, itemId);
    if (other === undefined) return;
    bindTo.run(other.item_id, other.email_id, mailboxId);
    putBeside.run(undefined, mailboxId, other.item_id);
    if (flagsToo) readsFlags.run(other.email_id, mailboxId);
  };

  /** Writes one outcome; the id of the record that a stored one got. */
  const write = (mailboxId: string, item: IncomingItem, now: number): number | undefined => {
    const { itemId } = item;
    switch (item.outcome) {
      case 'stored':
        settle.run(mailboxId, itemId, 'stored', item.deletePending, undefined, now, undefined);
        return stored(mailboxId, item);
      case 'duplicate':
        settle.run(mailboxId, itemId, 'duplicate', item.deletePending, undefined, now, undefined);
        if (item.identity !== undefined) putIdentity.run(item.identity, item.emailId);
        if (item.beside === true) {
          putBeside.run(item.emailId, mailboxId, itemId);
          return undefined;
        }
        bindTo.run(itemId, item.emailId, mailboxId);
        folders?.bind(mailboxId, itemId, item.emailId, item.tracking);
        return undefined;
      case 'skipped':
        settle.run(mailboxId, itemId, 'skipped', item.deletePending, item.reason, now, undefined);
        // Only one that was due for another try, and is left out after all.
        if (leaveQuarantine.run(mailboxId, itemId).changes > 0)
          alerts.clearQuarantined(mailboxId, itemId, now);
        return undefined;
      case 'quarantined':
        settle.run(mailboxId, itemId, 'quarantined', false, item.reason, now, item.retryAfterMs);
        putQuarantine.run(mailboxId, itemId, item.reason, now, item.raw);
        if (item.show === true) showUndeliverable.run(mailboxId, itemId);
        if (item.raw !== undefined) replaceQuarantined.run(mailboxId, itemId, item.raw);
        return undefined;
      case 'failed':
        fail.run(mailboxId, itemId, item.reason, now);
        return undefined;
      case 'released':
        release.run(mailboxId, itemId);
        return undefined;
      default:
        return unknownOutcome(item);
    }
  };

  return {
    askDeletionsAgain(mailboxId) {
      forgetRefusals.run(mailboxId);
      ledgers.forget(mailboxId);
      folders?.forget(mailboxId);
    },

    ledgerEntry,

    forgetLedger: (mailboxId) => ledgers.forget(mailboxId),

    follow(writer) {
      folders = writer;
    },

    async ledgerEntries(mailboxId, itemIds) {
      const found = new Map<string, LedgerEntry>();
      for (const itemId of itemIds) {
        const entry = ledgerEntry(mailboxId, itemId);
        if (entry !== undefined) found.set(itemId, entry);
      }
      return found;
    },

    itemLedger: async (mailboxId) => ledgers.get(mailboxId) ?? new Map(),

    beginItems: async (lease, itemIds, now) => beginAll(lease, itemIds, now),

    async storedWithHash(mailboxId, rawSha256s) {
      const found = new Map<string, readonly BoundEmail[]>();
      for (const hash of rawSha256s) {
        const rows = withHash.all(mailboxId, hash);
        if (rows.length > 0)
          found.set(
            hash,
            rows.map(({ id, item_id: itemId }) => ({ emailId: id, itemId })),
          );
      }
      return found;
    },

    async storedWithIdentity(mailboxId, identities) {
      const found = new Map<string, BoundEmail>();
      for (const identity of identities) {
        const row = withIdentity.one(mailboxId, identity);
        if (row !== undefined) found.set(identity, { emailId: row.id, itemId: row.item_id });
      }
      return found;
    },

    async commitIncoming(lease, page, end) {
      const { mailboxId } = lease;
      const storedIds = new Map<string, number>();
      const fenced = connection.transaction(() => {
        if (!leases.holds(lease)) return true;
        const now = end?.endedAt ?? begunOn(mailboxId, page.items);
        for (const itemId of page.gone) leave(mailboxId, itemId, page.readsFlags === true);
        for (const item of page.items) {
          const id = write(mailboxId, item, now);
          if (id !== undefined) storedIds.set(item.itemId, id);
          const boundId = item.outcome === 'duplicate' ? item.emailId : id;
          if (page.readsFlags === true && boundId !== undefined) readsFlags.run(boundId, mailboxId);
        }
        folders?.page(mailboxId, page);
        for (const code of page.clearAlertCodes ?? [])
          alerts.clear({ mailboxId, workload: lease.workload, code }, now);
        for (const alert of page.alerts ?? []) alerts.raise(alert, now);
        if (end !== undefined) leases.end(lease, end);
        return false;
      });
      if (page.items.length + page.gone.length > 0) ledgers.forget(mailboxId);
      folders?.committed(mailboxId, page);
      return { fenced, storedIds };
    },

    async receivedEmails(mailboxId) {
      return (mailboxId === undefined ? allReceived.all() : receivedOf.all(mailboxId)).map((row) => ({
        id: row.id,
        mailboxId: row.mailbox_id,
        status: row.status,
        messageId: row.message_id ?? undefined,
        inReplyTo: row.in_reply_to ?? undefined,
        subject: row.subject ?? undefined,
        sentOn: row.sent_on ?? undefined,
        receivedOn: row.received_on,
        rawSha256: row.raw_sha256,
        sizeBytes: row.size_bytes,
        flags: flagBits.read(row.flags ?? 0),
      }));
    },

    receivedEmail: async (emailId) => readReceived(emailId),
    emailRaw: async (emailId) => raw.one(emailId)?.raw,

    async quarantine(mailboxId) {
      return quarantineRows.all(mailboxId).map((row) => ({
        mailboxId: row.mailbox_id,
        itemId: row.item_id,
        strikes: row.strikes,
        reason: row.reason,
        quarantinedOn: row.quarantined_on,
      }));
    },

    async redrive(mailboxId, itemId) {
      connection.transaction(() => putBack(mailboxId, itemId, 0));
      ledgers.forget(mailboxId);
      folders?.forget(mailboxId);
    },
  };
}

function entryOf(row: LedgerRow): LedgerEntry {
  const { item_id: itemId, state, strikes, retry_after_ms: afterMs } = row;
  const retry = afterMs === null ? {} : { retry: { on: row.changed_on + afterMs, afterMs } };
  return { itemId, state, strikes, deletePending: row.delete_pending === 1, ...retry };
}

function unknownOutcome(item: never): never {
  throw new TypeError(`an item has an outcome the store does not know: ${JSON.stringify(item)}`);
}
