import { DatabaseSync } from 'node:sqlite';
import type { Store } from '../store.ts';
import { administration } from './administration.ts';
import { alerts, alertWriter } from './alerts.ts';
import { Connection } from './connection.ts';
import { connections } from './connections.ts';
import { flagSync } from './flag-sync.ts';
import { folderSync } from './folder-sync.ts';
import { incoming } from './incoming.ts';
import { leaseWriter } from './lease-writer.ts';
import { migrate } from './migrate.ts';
import { outgoing } from './outgoing.ts';
import { schedule } from './schedule.ts';
import { sentCopies } from './sent-copies.ts';

export interface SqliteStoreOptions {
  /** A file, made when missing; or `:memory:`. */
  readonly path: string;
  /**
   * `power-cut` (the default): every commit is on the disk before it counts. `process-kill`: faster; a killed process
   * loses nothing, a power cut may lose the last moments as a whole, so that mail sent in them may be sent again.
   */
  readonly durability?: 'power-cut' | 'process-kill';
}

/** Opens the engine's records in SQLite, bringing an older schema up to date. Throws `schema-too-new`. */
export function openSqliteStore({ path, durability = 'power-cut' }: SqliteStoreOptions): Store {
  const database = new DatabaseSync(path);
  // First, so that what follows waits for another process that is opening the same file.
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`PRAGMA synchronous = ${durability === 'power-cut' ? 'FULL' : 'NORMAL'}`);
  database.exec('PRAGMA foreign_keys = OFF');
  try {
    migrate(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  const connection = new Connection(database);
  const writer = alertWriter(connection);
  const leases = leaseWriter(connection, writer);
  const { askDeletionsAgain, ledgerEntry, forgetLedger, follow, ...received } = incoming(
    connection,
    leases,
    writer,
  );
  const folders = folderSync(connection, ledgerEntry, forgetLedger);
  follow(folders.writer);
  return {
    close: async () => connection.close(),
    ...administration(connection),
    ...schedule(connection, leases, askDeletionsAgain),
    ...connections(connection),
    ...received,
    ...folders.methods,
    ...flagSync(connection, leases),
    ...outgoing(connection, leases, writer),
    ...sentCopies(connection, leases, writer),
    ...alerts(connection, writer),
  };
}
