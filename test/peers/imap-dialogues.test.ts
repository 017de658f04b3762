import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generatedFolderDialogue } from './dialogues/generated-folder-dialogue.ts';
import { generatedImapDialogue } from './dialogues/generated-imap-dialogue.ts';
import { generatedResyncDialogue } from './dialogues/generated-resync-dialogue.ts';
import { generatedSearchDialogue } from './dialogues/generated-search-dialogue.ts';
import { generatedThreads } from './dialogues/generated-threads.ts';
import { holdImap, imapDialogues } from './dialogues/imap-dialogues.ts';
import { imapDifferences } from './dialogues/imap-differences.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { type Simulated, startSimulated } from './servers/simulated.ts';

// Policy: the IMAP simulator in the profile dovecot-postfix answers as Dovecot does, several sessions at once included.
// Every answer that differs stands in dialogues/imap-differences.ts with its reason; one that does not stand there
// fails, and so does an entry that no longer differs.

const users = [{ login: 'anna@example.test', password: 'anna-s3cret' }];
const messages = [
  'A: b\r\nSubject: one\r\n\r\nline 1\r\nline 2\r\nline 3\r\n',
  'Subject: dots\r\n\r\n.\r\n..\r\n.a\r\nend\r\n',
  'Subject: line feeds\n\nbare\nand no end',
].map((text) => Buffer.from(text));

let real: MailSystem;
let ours: Simulated;
beforeAll(async () => {
  [real, ours] = await Promise.all([startMailSystem(users), startSimulated(users)]);
  real.dovecot.put('anna@example.test', messages);
  ours.put('anna@example.test', messages);
});
afterAll(async () => {
  await Promise.all([real?.stop(), ours?.stop()]);
});

// A dialogue finds what the one before it left in the mailbox: they run in the order of the file.
test.each(imapDialogues.map((dialogue) => [dialogue.name, dialogue] as const))(
  '%s',
  async (name, dialogue) => {
    const [theirs, simulated] = await Promise.all([
      holdImap(real.dovecot.imap, dialogue),
      holdImap(ours.imap, dialogue),
    ]);
    expect([...simulated.keys()]).toEqual([...theirs.keys()]);
    const found = [...theirs].flatMap(([step, reply]) => {
      const other = simulated.get(step)!; // the keys are the same
      return other === reply ? [] : [{ dialogue: name, step, real: reply, ours: other }];
    });
    const explained = imapDifferences
      .filter((entry) => entry.dialogue === name)
      .map(({ reason: _, ...difference }) => difference);
    expect(found).toEqual(explained);
  },
);

test.each([
  ['whatever two sessions say', generatedImapDialogue, 120],
  ['whatever two sessions say that keep a mailbox by modification sequences', generatedResyncDialogue, 30],
  ['whatever two sessions look for', generatedSearchDialogue, 25],
  ['whatever two sessions do to folders', generatedFolderDialogue, 15],
  ['however messages answer each other', generatedThreads, 100],
])('%s', { timeout: 300_000 }, async (_name, generated, numRuns) => {
  await fc.assert(
    fc.asyncProperty(generated, async (dialogue) => {
      const theirs = await holdImap(real.dovecot.imap, dialogue);
      const simulated = await holdImap(ours.imap, dialogue);
      const differing = [...theirs].filter(([step, reply]) => simulated.get(step) !== reply);
      expect(differing.map(([step, real]) => ({ step, real, ours: simulated.get(step) }))).toEqual([]);
    }),
    { numRuns, seed: 20_260_105, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true },
  );
});

test('every entry of the table belongs to a dialogue that is held', () => {
  const held = imapDialogues.map(({ name }) => name);
  for (const { dialogue } of imapDifferences) expect(held).toContain(dialogue);
});
