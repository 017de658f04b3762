import type { DatabaseSync } from 'node:sqlite';
import { EngineError } from '../../errors/engine-error.ts';
import { migrations } from './migrations/index.ts';

/** Brings a database to the newest schema, all steps in one transaction. Refuses one that is newer than this program. */
export function migrate(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
    const row = database.prepare('SELECT max(version) AS version FROM schema_version').get();
    const version = Number(row?.version ?? 0);
    if (version > migrations.length) {
      throw new EngineError(
        'schema-too-new',
        `The store ${path} has schema version ${version}, and this program knows versions up to ${migrations.length}; start a newer program, or use another store.`,
      );
    }
    for (const [index, sql] of migrations.entries()) {
      if (index < version) continue;
      database.exec(sql);
      database.prepare('INSERT INTO schema_version (version) VALUES (?)').run(index + 1);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
