import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { aMailbox, aProfile } from '../../testing/fixtures.ts';
import { storeContract } from '../store.contract.ts';
import { migrations } from './migrations/index.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

// Policy: SQLite is a store like any other, in memory and in a file; what was committed is there for the next process,
// and a file of a newer program is left alone.

const folder = mkdtempSync(join(tmpdir(), 'store-'));
let files = 0;
const nextFile = (): string => {
  files += 1;
  return join(folder, `${files}.db`);
};
afterAll(() => rmSync(folder, { recursive: true }));

storeContract('SQLite in memory', async () => openSqliteStore({ path: ':memory:' }));
storeContract('SQLite in a file', async () =>
  openSqliteStore({ path: nextFile(), durability: 'process-kill' }),
);

it('finds again what another opened file held, and sees what another process writes', async () => {
  const path = nextFile();
  const first = openSqliteStore({ path });
  const second = openSqliteStore({ path });
  await first.saveProfile(aProfile());
  await first.saveMailbox(aMailbox('m'));
  expect((await second.mailbox('m'))?.name).toBe('Mailbox m');
  await first.saveMailbox(aMailbox('m', { name: 'Renamed' }));
  expect((await second.mailbox('m'))?.name).toBe('Renamed');
  await first.close();
  await second.close();
});

it('refuses a file with a newer schema', () => {
  const path = nextFile();
  const database = new DatabaseSync(path);
  database.exec(
    'CREATE TABLE schema_version (version INTEGER NOT NULL); INSERT INTO schema_version VALUES (99)',
  );
  database.close();
  expect(() => openSqliteStore({ path })).toThrow(
    `has schema version 99, and this program knows versions up to ${migrations.length};`,
  );
});

it('brings a file of an older program up to date, with its profiles and its ledger', async () => {
  const path = nextFile();
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE schema_version (version INTEGER NOT NULL)');
  for (const [index, sql] of migrations.slice(0, 3).entries()) {
    database.exec(sql);
    database.prepare('INSERT INTO schema_version (version) VALUES (?)').run(index + 1);
  }
  const { incoming, outgoing, ...profile } = aProfile();
  database
    .prepare('INSERT INTO email_server_profile VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      profile.id,
      profile.name,
      profile.serverType,
      JSON.stringify(incoming),
      JSON.stringify(outgoing),
      profile.processEmailsReceivedAfter,
      profile.maxConcurrentConnections,
      profile.minPollingIntervalInMinutes,
      profile.timeoutMailboxConnectionAfterMs,
    );
  database.exec("INSERT INTO uidl_ledger VALUES ('m', 'u', 'stored', 0, 0, NULL, 1, NULL)");
  database.close();
  const store = openSqliteStore({ path });
  expect(await store.profile('p')).toEqual(aProfile());
  expect([...(await store.itemLedger('m')).keys()]).toEqual(['u']);
  await store.close();
});
