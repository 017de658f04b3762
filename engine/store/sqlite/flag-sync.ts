import { noFlags } from '../../records/email-flags.ts';
import type { FlagCursor, FlagRecord } from '../flag-record.ts';
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';
import { flagBits } from './flag-bits.ts';
import type { LeaseWriter } from './lease-writer.ts';
import { limitedStatement } from './limited-statement.ts';

interface FlagRow {
  id: number;
  item_id: string;
  agreed: number | null;
  own: number | null;
  offered: number | null;
  looked: number | null;
}

type FlagSync = Pick<
  Store,
  | 'setEmailFlags'
  | 'emailFlags'
  | 'flagCursor'
  | 'flagRecords'
  | 'storedItems'
  | 'flagsToSettle'
  | 'offerFlags'
  | 'offerFlagsAgain'
  | 'settleFlags'
>;

/** Whether the ledger still knows the item of an email. */
const known = `SELECT 1 FROM item_ledger l WHERE l.mailbox_id = ?1 AND l.item_id = email.item_id
  AND l.state IN ('stored', 'duplicate')`;

/** The flags that records share with their mailbox. */
export function flagSync(connection: Connection, leases: LeaseWriter): FlagSync {
  const synchronized = connection.prepare<{ mailbox_id: string }>(
    `SELECT email.mailbox_id FROM email JOIN mailbox ON mailbox.id = email.mailbox_id
     WHERE email.id = ? AND direction = 'incoming' AND synchronize_flags = 1`,
  );
  // What is not named in the mask stays; a change has what was tried in vain tried again.
  const setOwn = connection.prepare(
    `INSERT INTO email_flags (email_id, mailbox_id, own) VALUES (?1, ?2, ?4 & ?3)
     ON CONFLICT (email_id) DO UPDATE SET own = (own & ~?3) | (?4 & ?3), tries = 0, aside = 0`,
  );
  const ownFlags = connection.prepare<{ own: number | null }>(
    `SELECT own FROM email LEFT JOIN email_flags ON email_id = id WHERE id = ? AND direction = 'incoming'`,
  );
  const cursorOf = connection.prepare<{ cursor: string }>(
    'SELECT cursor FROM flag_cursor WHERE mailbox_id = ? AND folder = ?',
  );
  const putCursor = connection.prepare(
    `INSERT INTO flag_cursor VALUES (?, ?, ?)
     ON CONFLICT (mailbox_id, folder) DO UPDATE SET cursor = excluded.cursor`,
  );
  const ofItem = connection.prepare<FlagRow>(
    `SELECT id, item_id, agreed, own, offered, looked FROM email LEFT JOIN email_flags ON email_id = id
     WHERE email.mailbox_id = ? AND item_id = ?`,
  );
  const toSettle = limitedStatement<FlagRow>(
    connection,
    `SELECT id, item_id, agreed, own, offered, looked FROM email_flags JOIN email ON id = email_id
     WHERE email_flags.mailbox_id = ?1 AND email_id > ?2
       AND aside = 0 AND (looked = 0 OR own <> agreed OR offered IS NOT NULL)
       AND (looked = 0 OR offered IS NOT NULL OR ((own | agreed) & ~(own & agreed) & ?3) <> 0) AND tries < ?4
       AND substr(item_id, 1, length(?5)) = ?5
       AND EXISTS (${known})
     ORDER BY email_id`,
  );
  const offer = connection.prepare(
    'UPDATE email_flags SET offered = ?3, tries = tries + 1 WHERE email_id = ?1 AND mailbox_id = ?2',
  );
  const forgetTries = connection.prepare(
    `UPDATE email_flags SET tries = 0 WHERE mailbox_id = ? AND tries > 0
       AND aside = 0 AND (looked = 0 OR own <> agreed OR offered IS NOT NULL)`,
  );
  const setAside = connection.prepare(
    `UPDATE email_flags SET aside = 1
     WHERE mailbox_id = ?1 AND aside = 0 AND (looked = 0 OR own <> agreed OR offered IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM email WHERE id = email_id AND EXISTS (${known}))`,
  );
  const storedItems = connection.prepare<{ item_id: string }>(
    `SELECT item_id FROM item_ledger WHERE mailbox_id = ? AND state IN ('stored', 'duplicate')
       AND substr(item_id, 1, length(?2)) = ?2`,
  );
  // A bit in which the record differs from what was seen is the application's, set since.
  const settle = connection.prepare(
    `INSERT INTO email_flags (email_id, mailbox_id, agreed, own, looked) VALUES (?1, ?2, ?4, ?5, 1)
     ON CONFLICT (email_id) DO UPDATE SET agreed = ?4, looked = 1, offered = NULL,
       tries = CASE WHEN ?4 = ?5 THEN 0 ELSE tries END,
       own = (?5 & ~((own | ?3) & ~(own & ?3))) | (own & (own | ?3) & ~(own & ?3))`,
  );

  return {
    async setEmailFlags(emailIds, flags) {
      const mask = flagBits.write({
        seen: flags.seen !== undefined,
        flagged: flags.flagged !== undefined,
        answered: flags.answered !== undefined,
      });
      const value = flagBits.write({ ...noFlags, ...flags });
      return connection.transaction(() => {
        const mailboxes = emailIds.map((emailId) => synchronized.one(emailId)?.mailbox_id);
        const unknown = emailIds.filter((_, index) => mailboxes[index] === undefined);
        if (unknown.length > 0) return unknown;
        for (const [index, emailId] of emailIds.entries()) setOwn.run(emailId, mailboxes[index], mask, value);
        return [];
      });
    },

    async emailFlags(emailId) {
      const row = ownFlags.one(emailId);
      return row === undefined ? undefined : flagBits.read(row.own ?? 0);
    },

    async flagCursor(mailboxId, folder) {
      const text = cursorOf.one(mailboxId, folder)?.cursor;
      return text === undefined ? undefined : readCursor(text);
    },

    async flagRecords(mailboxId, itemIds) {
      const records = new Map<string, FlagRecord>();
      for (const itemId of itemIds) {
        const row = ofItem.one(mailboxId, itemId);
        if (row !== undefined) records.set(itemId, recordOf(row));
      }
      return records;
    },

    async storedItems(mailboxId, numbering) {
      return storedItems.all(mailboxId, numbering).map((row) => row.item_id);
    },

    async flagsToSettle({ mailboxId, numbering, keeps, maxTries, afterEmailId, limit }) {
      return toSettle(limit)
        .all(mailboxId, afterEmailId, flagBits.write(keeps), maxTries, numbering)
        .map(recordOf);
    },

    async offerFlags(lease, offers) {
      return connection.transaction(() => {
        if (!leases.holds(lease)) return false;
        for (const { emailId, offered } of offers)
          offer.run(emailId, lease.mailboxId, flagBits.write(offered));
        return true;
      });
    },

    async offerFlagsAgain(lease) {
      return connection.transaction(() => {
        if (!leases.holds(lease)) return false;
        forgetTries.run(lease.mailboxId);
        setAside.run(lease.mailboxId);
        return true;
      });
    },

    async settleFlags(lease, settled, cursor) {
      return connection.transaction(() => {
        if (!leases.holds(lease)) return false;
        const { mailboxId } = lease;
        for (const { emailId, saw, agreed, own } of settled)
          settle.run(emailId, mailboxId, flagBits.write(saw), flagBits.write(agreed), flagBits.write(own));
        if (cursor !== undefined) putCursor.run(mailboxId, cursor.folder, writeCursor(cursor));
        return true;
      });
    },
  };
}

function recordOf({ id, item_id: itemId, agreed, own, offered, looked }: FlagRow): FlagRecord {
  return {
    emailId: id,
    itemId,
    agreed: flagBits.read(agreed ?? 0),
    own: flagBits.read(own ?? 0),
    offered: offered === null ? undefined : flagBits.read(offered),
    looked: looked === 1,
  };
}

/** JSON knows no whole numbers beyond 2^53: a modseq is a text of digits. */
function writeCursor(cursor: FlagCursor): string {
  return JSON.stringify(cursor, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}

function readCursor(text: string): FlagCursor {
  // Written by `writeCursor` of this type, with each modseq as text.
  const cursor = JSON.parse(text) as FlagCursor;
  const { modseq, reading } = cursor;
  return {
    ...cursor,
    modseq: modseq === undefined ? undefined : BigInt(modseq),
    reading: reading && {
      ...reading,
      modseq: reading.modseq === undefined ? undefined : BigInt(reading.modseq),
    },
  };
}
