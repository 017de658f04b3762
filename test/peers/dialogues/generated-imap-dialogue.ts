import fc from 'fast-check';
import type { ImapDialogue, ImapStep } from './imap-dialogues.ts';

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

const login = 'LOGIN anna@example.test anna-s3cret';
const first = 'Subject: one\r\n\r\none\r\n';

/** Two sessions in one mailbox, in turn, saying whatever comes to mind. */
export const generatedImapDialogue: fc.Arbitrary<ImapDialogue> = fc
  .array(fc.tuple(fc.constantFrom('a', 'b'), command), { minLength: 1, maxLength: 14 })
  .map((said) => {
    const as = (session: string, ...commands: readonly string[]): ImapStep[] =>
      commands.map((send) => ({ session, send }));
    return {
      name: 'generated',
      steps: [
        ...as('a', login, 'CREATE Here', 'CREATE There'),
        ...as('a', ...[1, 2, 3].map(() => `APPEND Here {${first.length}}\r\n${first}`), 'SELECT Here'),
        ...as('b', login, 'SELECT Here'),
        ...inTurn(said),
        ...as('a', 'NOOP', 'UID FETCH 1:* (FLAGS)', 'UNSELECT'),
        ...as('b', 'NOOP', 'UID FETCH 1:* (FLAGS)', 'UNSELECT'),
        ...as('a', 'DELETE Here', 'DELETE There', 'LOGOUT'),
      ],
    };
  });

/**
 * Who speaks after the other one did hears first what that did, unless its command is about messages and not about
 * their flags: a session of Dovecot keeps flags as they were when it was last told, the simulator reads them as they are.
 */
function inTurn(said: readonly (readonly [session: string, send: string])[]): ImapStep[] {
  return said.flatMap(([session, send], n) => {
    const switched = n > 0 && said[n - 1]?.[0] !== session;
    const step = { session, send };
    return switched && !/^(?:UID )?(?:COPY|MOVE|APPEND)/.test(send)
      ? [{ session, send: 'NOOP' }, step]
      : [step];
  });
}
