import fc from 'fast-check';
import type { ImapDialogue } from './imap-dialogues.ts';

const id = fc.constantFrom('<a@x>', '<b@x>', '<c@x>', '<d@x>', '<e@x>', '<f@x>');
const field = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .option(value, { nil: undefined, freq: 2 })
    .map((text) => (text === undefined ? '' : `${name}: ${text}\r\n`));
const subject = fc.constantFrom('one', 'two', 'Re: one', 'Fwd: two', '[list] one', 'one (fwd)', '');
const day = fc.integer({ min: 1, max: 9 });
const message = fc
  .tuple(
    field('Message-ID', id),
    field(
      'References',
      fc.array(id, { minLength: 1, maxLength: 4 }).map((all) => all.join(' ')),
    ),
    field('In-Reply-To', id),
    field('Subject', subject),
    day,
  )
  .map(
    ([own, references, reply, about, date]) =>
      `${own}${references}${reply}${about}Date: 0${date} Feb 2026 10:00:00 +0000\r\n\r\nx\r\n`,
  );

/** A mailbox of messages that answer each other, or say so, shown as threads. */
export const generatedThreads: fc.Arbitrary<ImapDialogue> = fc
  .array(message, { minLength: 1, maxLength: 9 })
  .map((messages) => ({
    name: 'generated threads',
    steps: [
      'LOGIN anna@example.test anna-s3cret',
      'CREATE Threads',
      ...messages.map((text) => `APPEND Threads {${text.length}}\r\n${text}`),
      'SELECT Threads',
      'THREAD REFERENCES UTF-8 ALL',
      'UID THREAD REFERENCES UTF-8 NOT 2',
      'THREAD ORDEREDSUBJECT UTF-8 ALL',
      'UNSELECT',
      'DELETE Threads',
      'LOGOUT',
    ].map((send) => ({ session: 'a', send })),
  }));
