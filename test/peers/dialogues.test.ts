import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pop3Differences, type ReplyDifference, smtpDifferences } from './dialogues/differences.ts';
import { holdPop3, pop3Dialogues } from './dialogues/pop3-dialogues.ts';
import { holdSmtp, smtpDialogues } from './dialogues/smtp-dialogues.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { type Simulated, startSimulated } from './servers/simulated.ts';

// Policy: the simulators in the profile dovecot-postfix answer the same words as Dovecot and Postfix do: the same
// status, the same response or enhanced code, the same structure. Every reply that differs stands in
// dialogues/differences.ts with its reason; one that does not stand there fails, and so does an entry that no longer
// differs.

const users = [
  { login: 'anna@example.test', password: 'anna-s3cret' },
  { login: 'bert@example.test', password: 'bert-s3cret' },
];
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

type Replies = ReadonlyMap<string, string>;

/** What differs, in the form of the table; the reason is the table's to give. */
function differences(dialogue: string, real: Replies, ours: Replies): Omit<ReplyDifference, 'reason'>[] {
  expect([...ours.keys()]).toEqual([...real.keys()]);
  return [...real].flatMap(([step, reply]) => {
    const other = ours.get(step)!; // the keys are the same
    return other === reply ? [] : [{ dialogue, step, real: reply, ours: other }];
  });
}

function explained(table: readonly ReplyDifference[], dialogue: string): Omit<ReplyDifference, 'reason'>[] {
  return table
    .filter((entry) => entry.dialogue === dialogue)
    .map(({ reason: _, ...difference }) => difference);
}

// A dialogue finds what the one before it left in the mailbox: they run in the order of the file.
describe('POP3: Dovecot and the simulator', () => {
  test.each(pop3Dialogues.map((dialogue) => [dialogue.name, dialogue] as const))(
    '%s',
    async (name, dialogue) => {
      const theirs = await holdPop3(real.dovecot.pop3, real.certificates.ca, dialogue);
      const simulated = await holdPop3(ours.pop3, ours.ca, dialogue);
      expect(differences(name, theirs, simulated)).toEqual(explained(pop3Differences, name));
    },
  );
});

describe('SMTP: Postfix and the simulator', () => {
  test.each(smtpDialogues.map((dialogue) => [dialogue.name, dialogue] as const))(
    '%s',
    async (name, dialogue) => {
      const theirs = await holdSmtp(real.postfix.submission, real.certificates.ca, dialogue);
      const simulated = await holdSmtp(ours.submission, ours.ca, dialogue);
      expect(differences(name, theirs, simulated)).toEqual(explained(smtpDifferences, name));
    },
  );
});

test('every entry of the tables belongs to a dialogue that is held', () => {
  const held = [...pop3Dialogues, ...smtpDialogues].map(({ name }) => name);
  for (const { dialogue } of [...pop3Differences, ...smtpDifferences]) expect(held).toContain(dialogue);
});
