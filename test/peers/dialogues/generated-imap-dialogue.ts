import fc from 'fast-check';
import type { ImapDialogue } from './imap-dialogues.ts';
import { twoSessions } from './two-sessions.ts';

const set = fc.constantFrom('1', '2', '3', '1:2', '2:*', '*', '1,3', '3:1', '1:*', '2:9', '1:3,2');
/** Without keywords: when a session hears of one that another has made up, RFC 3501 leaves open. */
const flags = fc.constantFrom('\\Seen', '\\Deleted', '\\Flagged', '\\Answered \\Draft');
const items = fc.constantFrom(
  'FLAGS',
  '(UID FLAGS)',
  '(UID RFC822.SIZE)',
  'ENVELOPE',
  'BODYSTRUCTURE',
  'BODY.PEEK[HEADER.FIELDS (SUBJECT)]',
  'BODY[TEXT]',
  'BODY.PEEK[TEXT]<2.5>',
  'BODY.PEEK[1]',
);
const key: fc.Arbitrary<string> = fc.letrec<{ key: string }>((tie) => ({
  key: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'ALL',
      'SEEN',
      'UNSEEN',
      'DELETED',
      'FLAGGED',
      'ANSWERED',
      'SUBJECT one',
      'BODY two',
      'LARGER 40',
    ),
    set,
    set.map((one) => `UID ${one}`),
    tie('key').map((one) => `NOT ${one}`),
    fc.tuple(tie('key'), tie('key')).map(([one, other]) => `OR ${one} ${other}`),
    fc.tuple(tie('key'), tie('key')).map(([one, other]) => `(${one} ${other})`),
  ),
})).key;

const uid = fc.constantFrom('', 'UID ');
const message = fc.constantFrom(
  'Subject: one\r\n\r\none\r\n',
  'Subject: two\r\nTo: a@b\r\n\r\nand two\r\n',
  'Subject: three\r\n\r\n',
);

/**
 * Commands that mean something in a mailbox called `Here`, which is selected, with another called `There`. Without
 * EXAMINE: Dovecot moves messages out of a mailbox that was opened only to be read.
 */
const command = fc.oneof(
  fc.tuple(uid, set, items).map(([u, s, i]) => `${u}FETCH ${s} ${i}`),
  fc
    .tuple(uid, set, fc.constantFrom('+FLAGS', '-FLAGS', 'FLAGS', '+FLAGS.SILENT', '-FLAGS.SILENT'), flags)
    .map(([u, s, how, f]) => `${u}STORE ${s} ${how} (${f})`),
  fc.tuple(uid, key).map(([u, k]) => `${u}SEARCH ${k}`),
  fc
    .tuple(uid, fc.constantFrom('MIN', 'MAX', 'COUNT', 'ALL', 'MIN COUNT'), key)
    .map(([u, r, k]) => `${u}SEARCH RETURN (${r}) ${k}`),
  fc.tuple(uid, set).map(([u, s]) => `${u}COPY ${s} There`),
  fc.tuple(uid, set).map(([u, s]) => `${u}MOVE ${s} There`),
  message.map((text) => `APPEND Here (\\Seen) {${text.length}}\r\n${text}`),
  message.map((text) => `APPEND Here {${text.length}}\r\n${text}`),
  set.map((s) => `UID EXPUNGE ${s}`),
  fc.constantFrom('EXPUNGE', 'NOOP', 'CHECK', 'STATUS There (MESSAGES UIDNEXT UNSEEN)', 'SELECT Here'),
);

/** Two sessions in one mailbox, in turn, saying whatever comes to mind. */
export const generatedImapDialogue: fc.Arbitrary<ImapDialogue> = twoSessions(command);
