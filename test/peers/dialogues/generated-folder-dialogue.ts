import fc from 'fast-check';
import type { ImapDialogue } from './imap-dialogues.ts';
import { twoSessions } from './two-sessions.ts';

const name = fc.constantFrom('Here', 'There', 'There/a', 'There/a/b', 'X', 'X/y', 'X/y/z', 'G&APw-n');
/** None that is only a name above others: Dovecot gives that to another folder. */
const newName = fc.constantFrom('Y', 'W/q', 'There/c', 'Z/w');
const plain = fc.constantFrom('*', '%', 'X*', 'X/%', 'There%', '%/%', 'here', '""');
const pattern = fc.oneof(plain, fc.constantFrom('(X There)', '(X/% H*)'));
const selection = fc.constantFrom(
  '',
  '(SUBSCRIBED) ',
  '(SUBSCRIBED RECURSIVEMATCH) ',
  '(SUBSCRIBED REMOTE) ',
);
const returned = fc.constantFrom(
  '',
  ' RETURN (CHILDREN)',
  ' RETURN (SUBSCRIBED)',
  ' RETURN (SUBSCRIBED CHILDREN)',
  ' RETURN (STATUS (MESSAGES UNSEEN UIDNEXT))',
);

/** What is said about folders, also about those that are selected. */
const command = fc.oneof(
  name.map((one) => `CREATE ${one}`),
  name.map((one) => `DELETE ${one}`),
  fc.tuple(name, newName).map(([one, other]) => `RENAME ${one} ${other}`),
  name.map((one) => `SUBSCRIBE ${one}`),
  name.map((one) => `UNSUBSCRIBE ${one}`),
  plain.map((one) => `LSUB "" ${one}`),
  fc.tuple(selection, pattern, returned).map(([s, p, r]) => `LIST ${s}"" ${p}${r}`),
  fc
    .tuple(fc.constantFrom('X/', 'There/', ''), fc.constantFrom('%', '*'))
    .map(([r, p]) => `LIST "${r}" ${p}`),
  name.map((one) => `STATUS ${one} (MESSAGES UNSEEN)`),
  name.map((one) => `SELECT ${one}`),
  name.map((one) => `APPEND ${one} {4}\r\na:b\n`),
  fc.tuple(fc.constantFrom('COPY', 'MOVE'), name).map(([verb, one]) => `${verb} 1 ${one}`),
  fc.constantFrom(
    'NOOP',
    'FETCH 1:* (UID FLAGS)',
    'STORE 1 +FLAGS (\\Deleted)',
    'EXPUNGE',
    'CLOSE',
    'UNSELECT',
  ),
);

/** Two sessions that make, name and remove folders under each other's hands. */
export const generatedFolderDialogue: fc.Arbitrary<ImapDialogue> = twoSessions(command, {
  most: 12,
  alwaysHears: true,
  last: [
    'W/q',
    'Y',
    'There/c',
    'Z/w',
    'X/y/z',
    'X/y',
    'X',
    'There/a/b',
    'There/a',
    'There',
    'Here',
    'G&APw-n',
  ].flatMap((one) => [`UNSUBSCRIBE ${one}`, `DELETE ${one}`]),
});
