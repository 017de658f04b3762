/**
 * Policy: a folder keeps its id and its messages wherever it goes and whatever it is called, an id never names two
 * folders, and the journals tell everything that happened, in order, and nothing else.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import { createMailHost } from './create-mail-host.ts';
import type { FolderEvent } from './folder-event.ts';
import { journalIndex } from './journal-index.ts';
import type { MailboxChange } from './mailbox.ts';

function mailbox(nowMs = 1_000_000) {
  const clock = { now: () => nowMs, setTimeout: () => ({}), clearTimeout: () => {} };
  const mail = createMailHost({
    domain: 'alpha.test',
    clock,
    entropy: new KeyedEntropy(1),
    trace: { emit: () => {}, subscribe: () => () => {} },
    mailboxes: [{ address: 'anna@alpha.test' }],
  });
  const anna = mail.find('anna@alpha.test');
  if (anna === undefined) throw new Error('The mailbox that was just made is not there.');
  const deliver = (text: string, folder = 'INBOX'): string =>
    mail.deliver(anna, { raw: Buffer.from(text), envelopeFrom: '', folder }).id;
  return { mail, anna, deliver };
}

test('folders are made with those above them, and are found by path and id', () => {
  const { anna } = mailbox();
  const deep = anna.createFolder('inbox/Projects/2026');
  expect([deep.name, deep.displayName, deep.parent?.name, deep.parent?.parent]).toEqual([
    'INBOX/Projects/2026',
    '2026',
    'INBOX/Projects',
    anna.inbox,
  ]);
  expect(anna.folder('InBoX/Projects/2026')).toBe(deep);
  expect(anna.folderById(deep.id)).toBe(deep);
  expect(anna.folderById(anna.role('sent').id)).toBe(anna.role('sent'));
  expect(anna.createFolder('INBOX/Projects')).toBe(deep.parent);
  expect(new Set(anna.folders.map(({ id }) => id)).size).toBe(8);
  expect(() => anna.createFolder('a//b')).toThrow('give every part');
  expect(anna.folderJournal.map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, 'created'],
    [2, 'created'],
  ]);
});

test('an id does not depend on when somebody asked for it', () => {
  const asked = mailbox().anna;
  const ids = [asked.role('junk').id, asked.inbox.id, asked.createFolder('A').id];
  const other = mailbox().anna;
  other.createFolder('B');
  expect([other.role('junk').id, other.inbox.id]).toEqual(ids.slice(0, 2));
  expect(other.folder('B')?.id).toBe(ids[2]); // the first folder of a mailbox, whatever it is called
});

test('a rename takes the folders below along and keeps ids and messages', () => {
  const { anna, deliver } = mailbox();
  const told: MailboxChange[] = [];
  const below = anna.createFolder('A/B');
  const a = anna.folder('A');
  if (a === undefined) throw new Error('A was made with A/B.');
  const id = deliver('x', 'A/B');
  const { uid } = below.entries[0] ?? {};
  anna.onChange((change) => told.push(change));
  anna.renameFolder(a, 'INBOX/C');
  expect([a.name, a.parent, below.name, below.parent]).toEqual(['INBOX/C', anna.inbox, 'INBOX/C/B', a]);
  expect([anna.folder('A'), anna.folder('A/B'), anna.folder('INBOX/C/B')]).toEqual([
    undefined,
    undefined,
    below,
  ]);
  expect(anna.folderById(a.id)).toBe(a);
  expect(anna.find(id)).toMatchObject({ folder: below, entry: { uid } });
  expect(told).toMatchObject([{ kind: 'folder', what: 'changed', folder: { name: 'INBOX/C' } }]);
  expect(anna.folderJournal.at(-1)).toMatchObject({ folderId: a.id, kind: 'changed' });

  expect(() => anna.renameFolder(a, 'INBOX/C/B/D')).toThrow('into itself');
  expect(() => anna.renameFolder(below, 'Archive')).toThrow('already');
  expect(() => anna.renameFolder(below, 'nowhere/B')).toThrow('create the folder above');
  expect(() => anna.renameFolder(anna.inbox, 'X')).toThrow('standard folder');
});

test('a deleted folder takes its messages and the folders below with it, and its id is never used again', () => {
  const { mail, anna, deliver } = mailbox();
  const gone = anna.createFolder('A/B');
  const top = anna.folder('A');
  if (top === undefined) throw new Error('A was made with A/B.');
  const ids = [deliver('x', 'A'), deliver('y', 'A/B')];
  anna.deleteFolder(top, 'graph');
  expect(ids.map((id) => anna.find(id))).toEqual([undefined, undefined]);
  expect(mail.truth.removals(anna.address).map(({ by, folder }) => [by, folder])).toEqual([
    ['graph', 'A'],
    ['graph', 'A/B'],
  ]);
  expect([anna.folderById(top.id), anna.folderById(gone.id), anna.folder('A')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(gone.journal.at(-1)).toMatchObject({ messageId: ids[1], kind: 'left' });
  expect(anna.createFolder('A/B').id).not.toBe(gone.id);
  expect(() => anna.deleteFolder(gone, 'graph')).toThrow('any more');
  deliver('z');
  expect(() => anna.deleteFolder(anna.inbox, 'graph')).toThrow('standard folder');
  expect(anna.inbox.entries).toHaveLength(1);
});

test('copies, edits and touches: what is new about a message, and what stays', () => {
  const { mail, anna, deliver } = mailbox();
  const told: MailboxChange['kind'][] = [];
  const id = deliver('draft', 'Drafts');
  anna.addFlag(id, '\\Draft');
  anna.onChange(({ kind }) => told.push(kind));
  const copy = anna.copy(id, 'INBOX');
  expect(copy.message.id).not.toBe(id);
  expect([copy.message.raw.toString(), copy.flags]).toEqual(['draft', ['\\Draft']]);
  const before = anna.find(id)?.entry;
  const edited = anna.replace(id, Buffer.from('draft, longer'), { receivedAtMs: 2_000_000 });
  expect(edited).toMatchObject({
    uid: 2,
    flags: ['\\Draft'],
    message: { id, sizeBytes: 13, receivedAtMs: 2_000_000 },
  });
  expect(before).toMatchObject({ uid: 1, message: { sizeBytes: 5 } });
  expect(anna.find(id)?.entry).toBe(edited);
  expect(mail.truth.inventory(anna.address)[0]?.sizeBytes).toBe(13);
  const { modSeq } = edited;
  anna.touch(id);
  expect(edited.modSeq).toBeGreaterThan(modSeq);
  expect(told).toEqual(['arrived', 'replaced', 'touched']);
  expect(anna.role('drafts').journal.map(({ kind, uid }) => [kind, uid])).toEqual([
    ['arrived', 1],
    ['changed', 1],
    ['left', 1],
    ['arrived', 2],
    ['changed', 2],
  ]);
});

test('the journals alone give the contents of every folder', () => {
  const step = fc.record({
    do: fc.constantFrom('deliver', 'remove', 'move', 'flag', 'copy', 'replace', 'touch'),
    n: fc.nat(9),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { anna, deliver } = mailbox();
      const ids: string[] = [];
      for (const { do: what, n } of steps) {
        const id = ids[n % Math.max(1, ids.length)];
        const quiet = anna.folders.map(({ highestModSeq }) => highestModSeq);
        if (what === 'deliver') ids.push(deliver(`m${ids.length}`));
        else if (id === undefined || anna.find(id) === undefined) {
          expect(anna.folders.map(({ highestModSeq }) => highestModSeq)).toEqual(quiet);
        } else if (what === 'remove') anna.remove(ids.slice(n), 'test');
        else if (what === 'flag') anna.setFlags(id, [`k${n}`]);
        else if (what === 'copy') ids.push(anna.copy(id, 'Archive').message.id);
        else if (what === 'replace') anna.replace(id, Buffer.from(`r${n}`));
        else if (what === 'touch') anna.touch(id);
        else anna.move(id, n % 2 === 0 ? 'Archive' : 'INBOX');
      }
      for (const folder of anna.folders) {
        const { journal } = folder;
        expect(folder.highestModSeq).toBe(journal.at(-1)?.modSeq ?? 1);
        const there = new Map<number, string>();
        for (const [index, { kind, uid, messageId, modSeq }] of journal.entries()) {
          expect(modSeq).toBe(index + 2);
          if (kind === 'arrived') there.set(uid, messageId);
          else expect(there.get(uid)).toBe(messageId);
          if (kind === 'left') there.delete(uid);
        }
        expect([...there]).toEqual(folder.entries.map(({ uid, message }) => [uid, message.id]));
        const last = new Map(journal.map(({ uid, modSeq }) => [uid, modSeq]));
        for (const { uid, modSeq } of folder.entries) expect(last.get(uid)).toBe(modSeq);
      }
    }),
  );
});

test('what is new in a journal is found wherever it begins', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 40 }), fc.nat(130), (gaps, modSeq) => {
      let at = 1;
      const journal = gaps.map((gap): FolderEvent => {
        at += gap + 1;
        return { modSeq: at, messageId: 'm', uid: 1, kind: 'changed' };
      });
      const found = journal.findIndex((event) => event.modSeq > modSeq);
      expect(journalIndex(journal, modSeq)).toBe(found < 0 ? journal.length : found);
    }),
  );
});
