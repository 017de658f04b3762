import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchmail, getmail, mbsync, offlineimap } from './clients/imap-agents.ts';
import type { ImapMailbox } from './clients/imap-clients.ts';
import { mailboxContents } from './clients/mailbox-contents.ts';
import { maildirContents, maildirFiles, makeMaildir } from './clients/maildir.ts';
import { mutt } from './clients/mutt.ts';
import { called, connectNodeImap, fetchWhole, type OpenBox } from './clients/node-imap.ts';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { type Simulated, startSimulated } from './servers/simulated.ts';

// Policy: mail programs nobody here wrote fetch, move, flag, delete and keep in step what lies in several folders, run
// after run; what they have and what they leave on the server is stated once, and holds for Dovecot and the simulator.

const logins = ['getmail', 'fetchmail', 'offlineimap', 'mbsync', 'mutt', 'node-imap'] as const;
type Login = (typeof logins)[number];
const users = logins.map((name) => ({ login: `${name}@example.test`, password: `${name}-s3cret` }));

// Mail that every program hands on unharmed, without the lines an mbox had put in front.
const messages = foreignMail()
  .filter(({ name }) => name.startsWith('spamassassin'))
  .map(({ bytes }) => wireForm(Buffer.from(bytes.toString('latin1').replace(/^From .*\r?\n/, ''), 'latin1')))
  .map((wire) => Buffer.from(wire.toString('latin1').replace(/^Return-Path: .*\r\n/i, ''), 'latin1'))
  .filter((wire) => /^Message-Id: <.+>\r$/im.test(wire.toString('latin1')) && plain(wire))
  .slice(0, 11);
const inbox = messages.slice(0, 9);
const [work = Buffer.of(), late = Buffer.of()] = messages.slice(9);

let real: MailSystem;
let ours: Simulated;
beforeAll(async () => {
  [real, ours] = await Promise.all([startMailSystem(users), startSimulated(users)]);
});
afterAll(async () => {
  await Promise.all([real?.stop(), ours?.stop()]);
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mca-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe.each(['real', 'simulated'] as const)('on the %s server', (side) => {
  const account = (login: Login): ImapMailbox => {
    const { imaps, caFile } = side === 'real' ? { ...real.dovecot, caFile: real.certificates.caFile } : ours;
    const user = users[logins.indexOf(login)]!; // every login has one
    return { port: imaps, security: 'tls', caFile, ...user };
  };
  const deliver = (login: Login, ...raw: Buffer[]) =>
    (side === 'real' ? real.dovecot : ours).put(account(login).login, raw);
  /** The mailbox with nine messages in the inbox and one in Work, and another client that is connected to it. */
  async function beside<T>(login: Login, work_: (client: ImapFlow) => Promise<T>): Promise<T> {
    deliver(login, ...inbox);
    const { port, login: user, password, caFile } = account(login);
    const client = new ImapFlow({
      host: 'localhost',
      port,
      secure: true,
      tls: { ca: readFileSync(caFile) },
      auth: { user, pass: password },
      logger: false,
      disableAutoIdle: true,
    });
    await client.connect();
    try {
      await client.mailboxCreate('Work');
      await client.append('Work', work);
      return await work_(client);
    } finally {
      await client.logout();
    }
  }

  test('getmail6 fetches what is new of two folders, then takes everything away', async () => {
    await beside('getmail', async (other) => {
      const maildir = await getmail(account('getmail'), directory, 'new');
      expect(maildirContents(maildir, nameOf)).toEqual(named(...inbox, work));
      await getmail(account('getmail'), directory, 'new');
      expect(maildirFiles(maildir).length).toBe(10);
      deliver('getmail', late);
      await getmail(account('getmail'), directory, 'new');
      expect(maildirContents(maildir, nameOf)).toEqual(named(...inbox, work, late));
      await getmail(account('getmail'), directory, 'all, and delete them');
      expect(maildirFiles(maildir).length).toBe(2 * messages.length);
      expect(await mailboxContents(other, nameOf)).toEqual({});
    });
  });

  test('fetchmail fetches what is unread of two folders, and removes what it was not to keep', async () => {
    await beside('fetchmail', async (other) => {
      const { maildir, gotMail } = await fetchmail(account('fetchmail'), directory, 'keep');
      expect(gotMail).toBe(true);
      expect(maildirContents(maildir, nameOf)).toEqual(named(...inbox, work));
      const left = {
        INBOX: named(...inbox).map((name) => `${name} \\Seen`),
        Work: [`${nameOf(work)} \\Seen`],
      };
      expect(await mailboxContents(other, nameOf)).toEqual(left);
      expect((await fetchmail(account('fetchmail'), directory, 'keep')).gotMail).toBe(false);
      deliver('fetchmail', late);
      expect((await fetchmail(account('fetchmail'), directory, 'nokeep')).gotMail).toBe(true);
      expect(maildirContents(maildir, nameOf)).toEqual(named(...inbox, work, late));
      expect(await mailboxContents(other, nameOf)).toEqual(left);
    });
  });

  test.each([
    ['offlineimap', offlineimap],
    ['mbsync', mbsync],
  ] as const)(
    '%s keeps folders in step both ways, with changes on both sides in between',
    async (name, twoWay) => {
      await beside(name, async (other) => {
        const { root, sync } = twoWay(account(name), directory);
        await sync();
        const near = join(root, 'INBOX');
        expect(maildirContents(near, nameOf)).toEqual(named(...inbox));
        expect(maildirContents(join(root, 'Work'), nameOf)).toEqual(named(work));

        // Here the first is read, the second is thrown away, one is written into each of an old and a new folder.
        const file = (message: Buffer) =>
          maildirFiles(near).find((path) => nameOf(readFileSync(path)) === nameOf(message))!; // they are there
        renameSync(
          file(inbox[0]!),
          file(inbox[0]!)
            .replace('/new/', '/cur/')
            .replace(/:2,.*$|$/, ':2,S'),
        );
        rmSync(file(inbox[1]!));
        writeFileSync(join(near, 'new', '1700000000.1.here:2,'), written('here'));
        writeFileSync(
          join(makeMaildir(join(root, 'Here')), 'new', '1700000000.2.here:2,'),
          written('new here'),
        );
        // There the third is flagged, the fourth is thrown away, the fifth is moved, and again one each is written.
        await other.mailboxOpen('INBOX');
        await other.messageFlagsAdd('3', ['\\Flagged'], { uid: true });
        await other.messageMove('5', 'Work', { uid: true });
        await other.messageDelete('4', { uid: true });
        await other.append('INBOX', written('there'), ['\\Answered']);
        await other.mailboxCreate('There');
        await other.append('There', written('new there'));
        await sync();
        await sync();

        const far = {
          Here: ['new here'],
          INBOX: [
            ...inbox.slice(5).map(nameOf),
            `${nameOf(inbox[0]!)} \\Seen`,
            `${nameOf(inbox[2]!)} \\Flagged`,
            'here',
            'there \\Answered',
          ].sort(),
          There: ['new there'],
          Work: named(work, inbox[4]!),
        };
        expect(await mailboxContents(other, nameOf)).toEqual(far);
        const letters = (line: string) =>
          line.replace(/\\(Seen|Flagged|Answered)/, (_, flag: string) =>
            flag === 'Answered' ? 'R' : flag[0]!,
          );
        for (const [folder, lines] of Object.entries(far))
          expect(maildirContents(join(root, folder), nameOf)).toEqual(lines.map(letters).sort());
      });
    },
  );

  test('mutt reads, flags, moves, copies and deletes, and keeps a copy of what it sends', async () => {
    await beside('mutt', async (other) => {
      const { submissions } = side === 'real' ? real.postfix : ours;
      const program = mutt(account('mutt'), submissions, directory);
      const copies = makeMaildir(join(directory, 'copies'));
      await other.mailboxCreate('Sent');
      await program.press('INBOX', [`<tag-pattern>~A<enter><tag-prefix><copy-message>${copies}<enter>`]);
      expect(maildirContents(copies, nameOf).map((line) => line.replace(/ S$/, ''))).toEqual(named(...inbox));
      await program.press('INBOX', [
        '<jump>1<enter><display-message><exit>',
        '<jump>2<enter><flag-message>',
        '<jump>3<enter><delete-message>',
        '<jump>4<enter><save-message>=Work<enter>',
        '<jump>5<enter><copy-message>=Work<enter>',
      ]);
      await program.send(account('mutt').login, 'from mutt', 'Hello\n', 'Sent');
      // Postfix hands over when it has told mutt that it will.
      await expect
        .poll(() => mailboxContents(other, nameOf), { timeout: 20_000 })
        .toEqual({
          INBOX: [
            ...inbox.slice(4).map(nameOf),
            `${nameOf(inbox[0]!)} \\Seen`,
            `${nameOf(inbox[1]!)} \\Flagged`,
            'from mutt',
          ].sort(),
          Sent: ['from mutt \\Seen'],
          Work: named(work, inbox[3]!, inbox[4]!),
        });
    });
  });

  test('node-imap fetches, changes flags, moves, searches, and is told of new mail while idle', async () => {
    await beside('node-imap', async (other) => {
      const client = await connectNodeImap(account('node-imap'));
      const opened = await called<OpenBox>((done) => client.openBox('INBOX', false, done));
      expect(opened.messages.total).toBe(9);
      const whole = await fetchWhole(client, await called<number[]>((done) => client.search(['ALL'], done)));
      expect(whole.map(({ source }) => nameOf(source))).toEqual(inbox.map(nameOf));
      expect(whole.flatMap(({ flags }) => flags).filter((flag) => flag !== '\\Recent')).toEqual([]);

      await called((done) => client.addFlags([1, 2], ['\\Seen', '\\Flagged'], done));
      await called((done) => client.delFlags([2], ['\\Seen'], done));
      await called((done) => client.addBox('Projects/New', done));
      await called((done) => client.renameBox('Projects/New', 'Projects/Old', done));
      await called((done) => client.move([3], 'Projects/Old', done));
      await called((done) => client.copy([4], 'Projects/Old', done));
      await called((done) => client.addFlags([5], ['\\Deleted'], done));
      const options = { mailbox: 'Work', flags: ['\\Draft'] };
      await called((done) => client.append(written('from node'), options, done));
      await called((done) => client.addBox('Gone', done));
      await called((done) => client.delBox('Gone', done));
      expect(Object.keys(await called((done) => client.getBoxes(done))).sort()).toEqual([
        'INBOX',
        'Projects',
        'Work',
      ]);
      const search = (criteria: readonly unknown[]) =>
        called<number[]>((done) => client.search(criteria, done));
      expect(await search(['UNSEEN', 'FLAGGED'])).toEqual([2]);
      expect(await search([['OR', 'SEEN', ['HEADER', 'SUBJECT', 'laptop']]])).toHaveLength(2);

      const told = once(client, 'mail');
      deliver('node-imap', late);
      expect(await told).toEqual([1]);
      await called((done) => client.closeBox(true, done));
      const ended = once(client, 'close');
      client.end();
      await ended;

      expect(await mailboxContents(other, nameOf)).toEqual({
        INBOX: [
          ...inbox.slice(5).map(nameOf),
          `${nameOf(inbox[0]!)} \\Flagged \\Seen`,
          `${nameOf(inbox[1]!)} \\Flagged`,
          nameOf(inbox[3]!),
          nameOf(late),
        ].sort(),
        'Projects/Old': named(inbox[2]!, inbox[3]!),
        Work: [nameOf(work), 'from node \\Draft'].sort(),
      });
    });
  });
});

const written = (subject: string) =>
  Buffer.from(
    `From: a@example.test\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject.replace(' ', '-')}@example.test>\r\nSubject: ${subject}\r\n\r\n${subject}\r\n`,
  );

/** Without what the programs themselves put into the copies they keep, and with the line ends of this system. */
function canonical(source: Buffer): string {
  return source
    .toString('latin1')
    .replaceAll('\r\n', '\n')
    .replace(/^(?:Return-Path|X-getmail-[\w-]+|X-OfflineIMAP|X-TUID|Content-Length|Lines): ?.*\n/gim, '')
    .trimEnd();
}

const hash = (source: Buffer) => createHash('sha256').update(canonical(source)).digest('hex');
const names = new Map(messages.map((message, at) => [hash(message), `message ${at + 1}`]));

/** Tells messages apart by all their bytes; a message the test wrote, or one that was harmed, by its subject. */
function nameOf(source: Buffer): string {
  return names.get(hash(source)) ?? /^Subject: (.*)$/m.exec(canonical(source))?.[1] ?? 'no subject';
}

function named(...some: readonly Buffer[]): string[] {
  return some.map(nameOf).sort();
}

/** No header that a program drops or folds, and nothing but text. */
function plain(wire: Buffer): boolean {
  const text = wire.toString('latin1');
  const header = text.slice(0, text.indexOf('\r\n\r\n'));
  return (
    !/^(?:content-type: (?!text)|status:|return-path:|from )/im.test(header) &&
    header
      .split('\r\n')
      .every((line) => line.length < 78 && /^(?:[!-9;-~]+: \S|[ \t]+\S)/.test(line) && !/\s$/.test(line)) &&
    !/^From /m.test(text)
  );
}
