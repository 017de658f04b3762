import { afterAll, beforeAll, expect, test } from 'vitest';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { ImapConversation } from './dialogues/imap-conversation.ts';
import { normalImapReply } from './dialogues/normal-imap-reply.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { type Simulated, startSimulated } from './servers/simulated.ts';

// Policy: of mail nobody here wrote, broken mail included, the simulator says what Dovecot says: its structure, its
// envelope, every part of it, what is found in it, and the order it comes in. There are no exceptions.

const anna = { login: 'anna@example.test', password: 'anna-s3cret' };
const corpus = foreignMail();

let real: MailSystem;
let ours: Simulated;
let sessions: readonly ImapConversation[];
beforeAll(async () => {
  [real, ours] = await Promise.all([startMailSystem([anna]), startSimulated([anna])]);
  sessions = await Promise.all([real.dovecot.imap, ours.imap].map((port) => ImapConversation.open(port)));
  await Promise.all(
    sessions.map(async (session) => {
      await session.command(`LOGIN ${anna.login} ${anna.password}`);
      await session.command('CREATE Corpus');
      for (const { bytes } of corpus)
        await session.append('Corpus', '01-Jan-2024 00:00:00 +0000', wireForm(bytes));
      expect((await session.command('SELECT Corpus')).join()).toContain(`* ${corpus.length} EXISTS`);
    }),
  );
}, 120_000);
afterAll(async () => {
  for (const session of sessions ?? []) session.close();
  await Promise.all([real?.stop(), ours?.stop()]);
});

/** The answers that differ, each line with the message it is about. */
async function differing(command: string): Promise<readonly string[]> {
  const [theirs = [], simulated = []] = await Promise.all(
    sessions.map(async (session) => (await session.command(command)).map((line) => normalImapReply([line]))),
  );
  return theirs.flatMap((line, at) => {
    if (line === simulated[at]) return [];
    const number = /^\* (\d+) FETCH/.exec(line)?.[1];
    const name = number === undefined ? command : corpus[Number(number) - 1]?.name;
    return [`${name}: Dovecot ${line.slice(0, 2_000)}\nours ${simulated[at]?.slice(0, 2_000)}`];
  });
}

test.each([
  'ENVELOPE BODYSTRUCTURE BODY RFC822.SIZE',
  'BODY.PEEK[HEADER] BODY.PEEK[TEXT]<10.100>',
  'BODY.PEEK[HEADER.FIELDS (Subject From X-Foo)] BODY.PEEK[HEADER.FIELDS.NOT (Received Subject)]',
  ...['1', '2', '1.1', '2.1'].map((part) => `BODY.PEEK[${part}] BODY.PEEK[${part}.MIME]`),
  ...['1', '2'].map((part) => `BODY.PEEK[${part}.HEADER] BODY.PEEK[${part}.TEXT]`),
])('of every message %s', { timeout: 60_000 }, async (items) => {
  expect(await differing(`FETCH 1:* (${items})`)).toEqual([]);
});

const words = [
  'the',
  'com',
  'mime',
  'html',
  'boundary',
  '=3D',
  '<br',
  '?',
  '\\"',
  '<',
  '>,',
  ';',
  'missing',
  'syntax',
];

test.each([
  ...['FROM', 'TO', 'CC', 'SUBJECT', 'TEXT', 'BODY'].flatMap((key) =>
    words.map((word) => `SEARCH ${key} "${word}"`),
  ),
  ...['Received "with"', 'Message-ID ""', 'Content-Type "charset"', 'BCC ""'].map(
    (key) => `SEARCH HEADER ${key}`,
  ),
  ...['SENTSINCE 1-Jan-2002', 'SENTBEFORE 1-Jan-2000', 'SENTON 2-Sep-2002', 'LARGER 3000'].map(
    (key) => `SEARCH ${key}`,
  ),
  'SEARCH CHARSET UTF-8 BODY {2}\r\n\u00c3\u00a9',
])('%s', async (command) => {
  expect(await differing(command)).toEqual([]);
});

test.each([
  ...['SUBJECT', 'FROM', 'TO', 'CC', 'DATE', 'SIZE', 'DISPLAYFROM', 'DISPLAYTO', 'REVERSE DATE FROM'].map(
    (order) => `SORT (${order}) UTF-8 ALL`,
  ),
  'THREAD ORDEREDSUBJECT UTF-8 ALL',
  'THREAD REFERENCES UTF-8 ALL',
])('%s', async (command) => {
  expect(await differing(command)).toEqual([]);
});
