import fc from 'fast-check';
import type { ImapDialogue } from './imap-dialogues.ts';
import { twoSessions } from './two-sessions.ts';

const set = fc.constantFrom('1', '2', '3', '1:2', '2:*', '*', '1:*', '2:9', '4:5,1');
const uid = fc.constantFrom('', 'UID ');
const flags = fc.constantFrom('\\Seen', '\\Deleted', '\\Flagged', '\\Answered \\Draft');
const how = fc.constantFrom('+FLAGS', '-FLAGS', 'FLAGS', '+FLAGS.SILENT', 'FLAGS.SILENT');

/** What clients say that keep a mailbox by modification sequences (RFC 7162). */
const command = fc.oneof(
  { weight: 3, arbitrary: fc.constant('STATUS Here (HIGHESTMODSEQ UIDVALIDITY)') },
  {
    weight: 3,
    arbitrary: fc.tuple(uid, set, how, flags).map(([u, s, h, f]) => `${u}STORE ${s} ${h} (${f})`),
  },
  fc
    .tuple(uid, set, how, flags)
    .map(([u, s, h, f]) => `${u}STORE ${s} (UNCHANGEDSINCE {MODSEQ}) ${h} (${f})`),
  fc.tuple(uid, set).map(([u, s]) => `${u}FETCH ${s} (FLAGS) (CHANGEDSINCE {MODSEQ})`),
  set.map((s) => `UID FETCH ${s} (FLAGS) (CHANGEDSINCE {MODSEQ} VANISHED)`),
  fc.tuple(uid, set).map(([u, s]) => `${u}FETCH ${s} (UID MODSEQ)`),
  uid.map((u) => `${u}SEARCH MODSEQ {NEXTMODSEQ}`),
  fc
    .tuple(uid, fc.constantFrom('MIN', 'MAX', 'ALL COUNT'))
    .map(([u, r]) => `${u}SEARCH RETURN (${r}) MODSEQ {NEXTMODSEQ}`),
  fc.constantFrom(
    'SELECT Here (QRESYNC ({UIDVALIDITY} {MODSEQ}))',
    'SELECT Here (QRESYNC ({UIDVALIDITY} {MODSEQ} 1:3))',
    'SELECT Here (QRESYNC ({UIDVALIDITY} {MODSEQ} 1:9 (1:2 1:2)))',
    'SELECT Here (QRESYNC (77 {MODSEQ}))',
    'EXAMINE Here (CONDSTORE)',
    'SELECT Here',
  ),
  fc.constantFrom('EXPUNGE', 'NOOP', 'CHECK', 'UID EXPUNGE 1:3', 'CLOSE', 'SELECT Here'),
  fc.tuple(uid, set).map(([u, s]) => `${u}MOVE ${s} There`),
  fc.tuple(uid, set).map(([u, s]) => `${u}COPY ${s} Here`),
  fc.constantFrom('APPEND Here (\\Flagged) {4}\r\na:b\n', 'APPEND Here {4}\r\nc:d\n'),
);

/** Two sessions that both keep a mailbox by modification sequences, in turn. */
export const generatedResyncDialogue: fc.Arbitrary<ImapDialogue> = twoSessions(command, {
  first: ['ENABLE QRESYNC'],
  most: 18,
});
