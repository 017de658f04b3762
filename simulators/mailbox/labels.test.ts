import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import { HandClock } from '../retrieval/testing/hand-clock.ts';
import { createMailHost } from './create-mail-host.ts';
import type { Folder } from './folder.ts';
import type { Mailbox } from './mailbox.ts';

// Policy: where folders are labels, whatever is done to a mailbox by whatever door, each message is one message: in spam
// or trash alone, or in All Mail and in the folders of its labels; no UID is given twice, and no message is lost unasked.

const trace = { emit: () => {}, subscribe: () => () => {} };
const names = ['INBOX', 'Sent', 'Trash', 'Junk', 'Archive', 'Travel', 'Work'] as const;

function open(): Mailbox & { deliver(folder: string): void; everDelivered(): number } {
  const clock = new HandClock();
  const address = 'anna@alpha.test';
  const entropy = new KeyedEntropy(1);
  const mail = createMailHost({
    domain: 'alpha.test',
    clock,
    entropy,
    trace,
    mailboxes: [{ address }],
    labels: true,
  });
  const mailbox = mail.find(address)!; // just made
  mailbox.createFolder('Travel');
  mailbox.createFolder('Work');
  return Object.assign(mailbox, {
    deliver: (folder: string) =>
      void mail.deliver(mailbox, { raw: Buffer.from('A: 1\r\n\r\n'), envelopeFrom: '', folder }),
    everDelivered: () => mail.truth.everDelivered(address).length,
  });
}

type Act = (mailbox: ReturnType<typeof open>, gone: Set<string>) => void;

const name = fc.constantFrom(...names);
const nth = fc.nat(30);
const some = (folder: Folder, n: number): string | undefined =>
  folder.entries[n % Math.max(1, folder.entries.length)]?.message.id;
const folderOf = (mailbox: Mailbox, path: string): Folder => mailbox.folder(path)!; // all are made

const acts: fc.Arbitrary<Act> = fc.oneof(
  name.map(
    (to): Act =>
      (mailbox) =>
        mailbox.deliver(to),
  ),
  fc.tuple(name, nth, name).map(
    ([from, n, to]): Act =>
      (mailbox) => {
        const id = some(folderOf(mailbox, from), n);
        if (id !== undefined) mailbox.copy(id, to);
      },
  ),
  fc.tuple(name, nth, name, fc.boolean()).map(
    ([from, n, to, named]): Act =>
      (mailbox) => {
        const folder = folderOf(mailbox, from);
        const id = some(folder, n);
        if (id !== undefined) mailbox.move(id, to, named ? folder : undefined);
      },
  ),
  fc.tuple(name, nth).map(
    ([from, n]): Act =>
      (mailbox, gone) => {
        const folder = folderOf(mailbox, from);
        const id = some(folder, n);
        if (id === undefined) return;
        mailbox.takeOut(folder, [id], 'test');
        if (from === 'Trash' || from === 'Junk') gone.add(id);
      },
  ),
  fc.tuple(name, nth).map(
    ([from, n]): Act =>
      (mailbox, gone) => {
        const id = some(folderOf(mailbox, from), n);
        if (id === undefined) return;
        mailbox.remove([id], 'test');
        gone.add(id);
      },
  ),
  fc.tuple(name, nth, fc.subarray(['\\Seen', '\\Flagged', '\\Deleted'])).map(
    ([from, n, flags]): Act =>
      (mailbox) => {
        const folder = folderOf(mailbox, from);
        const id = some(folder, n);
        if (id !== undefined) mailbox.setFlags(id, flags, folder);
      },
  ),
  fc.tuple(name, nth).map(
    ([from, n]): Act =>
      (mailbox) => {
        const id = some(folderOf(mailbox, from), n);
        if (id !== undefined) mailbox.replace(id, Buffer.from('B: 2\r\n\r\n'));
      },
  ),
  name.map(
    (folder): Act =>
      (mailbox) =>
        mailbox.renumber({ folder }),
  ),
);

it('holds whatever is done', () => {
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 60 }), (all) => {
      const mailbox = open();
      const gone = new Set<string>();
      for (const act of all) act(mailbox, gone);
      const ids = new Set<string>();
      for (const folder of mailbox.folders) {
        const uids = folder.entries.map(({ uid }) => uid);
        expect(uids).toEqual([...new Set(uids)].sort((a, b) => a - b));
        expect(uids.every((uid) => uid < folder.uidNext)).toBe(true);
        for (const entry of folder.entries) {
          const { id } = entry.message;
          ids.add(id);
          expect(mailbox.entryIn(id, folder)).toBe(entry);
          expect(mailbox.foldersOf(id)).toContain(folder);
        }
      }
      for (const id of ids) {
        const folders = mailbox.foldersOf(id);
        const apart = folders.some(({ role }) => role === 'trash' || role === 'junk');
        expect(apart ? folders.length === 1 : folders.some(({ role }) => role === 'archive')).toBe(true);
        const main = mailbox.find(id);
        expect(main?.entry).toBe(mailbox.entryIn(id, main!.folder)); // it is there
        if (folders.includes(mailbox.inbox)) expect(main?.folder).toBe(mailbox.inbox);
        const shared = folders.map((folder) =>
          mailbox
            .entryIn(id, folder)
            ?.flags.filter((flag) => flag !== '\\Deleted')
            .toSorted()
            .join(),
        );
        expect(new Set(shared).size).toBe(1);
      }
      expect(ids.size).toBe(mailbox.everDelivered() - gone.size);
    }),
    { numRuns: 300, seed: 3 },
  );
});

it('takes ten thousand messages out of a folder at once', () => {
  const mailbox = open();
  for (let n = 0; n < 10_000; n += 1) mailbox.deliver('INBOX');
  const ids = mailbox.inbox.entries.map(({ message }) => message.id);
  let told = 0;
  mailbox.onChange(({ kind }) => {
    if (kind === 'moved') told += 1;
  });
  mailbox.takeOut(mailbox.inbox, ids, 'test');
  expect(mailbox.inbox.entries).toHaveLength(0);
  expect(mailbox.role('archive').entries).toHaveLength(10_000);
  expect(told).toBe(10_000);
  mailbox.remove(ids, 'test');
  expect(mailbox.role('archive').entries).toHaveLength(0);
});
