import fc from 'fast-check';
import type { ImapDialogue } from './imap-dialogues.ts';
import { twoSessions } from './two-sessions.ts';

const messages = [
  'Subject: one\r\nFrom: Anna <anna@a.test>\r\nTo: bert@b.test\r\nDate: 3 Feb 2026 10:00:00 +0200\r\nMessage-ID: <1@x>\r\n\r\none\r\n',
  'Subject: Re: one\r\nFrom: bert@b.test\r\nCc: "C, D" <cd@c.test>\r\nDate: 3 Feb 2026 09:59:00 +0100\r\nIn-Reply-To: <1@x>\r\nMessage-ID: <2@x>\r\n\r\nanswer\r\n',
  'Subject: =?iso-8859-1?q?Gr=FC=DFe?=\r\nFrom: =?utf-8?b?w4RubmU=?= <ae@a.test>\r\nDate: 1 Jan 2026 00:30:00 +0100\r\n\r\nx\r\n',
  'Subject: [list] Fwd: one\r\nTo: group: x@y.test, z@y.test;\r\nReferences: <1@x> <2@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZSBhdWNo\r\n--b\r\nContent-Type: application/x; name=one.bin\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nb=FC\r\n--b--\r\nepi\r\n',
  'from: nobody\r\nSubject:\r\n folded\r\n\tmore \r\n\r\n',
];

const set = fc.constantFrom('1', '2:4', '*', '1,3,5', '5:2', '1:*', '4:9');
const uid = fc.constantFrom('', 'UID ');
const words = fc.constantFrom(
  ...[
    'SUBJECT one',
    'SUBJECT fwd',
    'SUBJECT ""',
    'FROM anna',
    'FROM "Anna <"',
    'FROM "@a.test>"',
    'FROM bert',
    'TO group',
    'TO x@y',
  ],
  ...[
    'CC "c, d"',
    'BCC x',
    'TEXT one',
    'TEXT boundary',
    'BODY auch',
    'BODY epi',
    'BODY pre',
    'HEADER Message-ID 1@x',
    'HEADER cc ""',
  ],
  ...[
    'HEADER subject fold',
    'SENTBEFORE 2-Feb-2026',
    'SENTON 3-Feb-2026',
    'SENTSINCE 1-Jan-2026',
    'SENTON 31-Dec-2025',
  ],
  ...[
    'BEFORE 3-Mar-2024',
    'ON 2-Mar-2024',
    'SINCE 2-Mar-2024',
    'LARGER 150',
    'SMALLER 150',
    'SEEN',
    'UNSEEN',
    'KEYWORD $Old',
  ],
  ...[
    'UNKEYWORD $Old',
    'NEW',
    'OLD',
    'RECENT',
    'YOUNGER 86400',
    'OLDER 86400',
    '$',
    'SUBJECT {3+}\r\none',
    'TEXT {2+}\r\n\u00c3\u00bc',
    'BODY gr',
  ],
);
const key: fc.Arbitrary<string> = fc.letrec<{ key: string }>((tie) => ({
  key: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    words,
    set,
    set.map((one) => `UID ${one}`),
    tie('key').map((one) => `NOT ${one}`),
    fc.tuple(tie('key'), tie('key')).map(([one, other]) => `OR ${one} ${other}`),
    fc.tuple(tie('key'), tie('key')).map(([one, other]) => `${one} (${other})`),
  ),
})).key;
const returns = fc.constantFrom(
  '',
  'MIN',
  'MAX',
  'COUNT',
  'ALL',
  'MIN MAX',
  'SAVE',
  'SAVE COUNT',
  'SAVE MIN',
  'PARTIAL 2:3',
  'PARTIAL 1:2 COUNT',
);
/** Each once: Dovecot takes a REVERSE before one that was named already for the next. */
const criteria = fc
  .uniqueArray(
    fc.constantFrom('ARRIVAL', 'CC', 'DATE', 'FROM', 'SIZE', 'SUBJECT', 'TO', 'DISPLAYFROM', 'DISPLAYTO'),
    { minLength: 1, maxLength: 3 },
  )
  .chain((names) => fc.tuple(...names.map((one) => fc.constantFrom(one, `REVERSE ${one}`))))
  .map((all) => all.join(' '));
const charset = fc.constantFrom('', 'CHARSET UTF-8 ', 'CHARSET us-ascii ', 'CHARSET X-NONE ');
const text = 'Subject: late\r\nDate: 2 Feb 2026 10:00:00 +0000\r\n\r\none\r\n';

/** Everything SEARCH, SORT and THREAD take, and what changes their answers. */
const command = fc.oneof(
  fc.tuple(uid, charset, key).map(([u, c, k]) => `${u}SEARCH ${c}${k}`),
  fc.tuple(uid, returns, key).map(([u, r, k]) => `${u}SEARCH RETURN (${r}) ${k}`),
  fc.tuple(uid, criteria, key).map(([u, c, k]) => `${u}SORT (${c}) UTF-8 ${k}`),
  fc.tuple(uid, returns, criteria, key).map(([u, r, c, k]) => `${u}SORT RETURN (${r}) (${c}) UTF-8 ${k}`),
  fc
    .tuple(uid, fc.constantFrom('REFERENCES', 'ORDEREDSUBJECT'), key)
    .map(([u, a, k]) => `${u}THREAD ${a} UTF-8 ${k}`),
  fc.constantFrom(
    'FETCH $ (UID)',
    'UID FETCH $ (FLAGS)',
    'STORE $ +FLAGS ($Old)',
    'STORE 1:2 +FLAGS (\\Seen)',
    'COPY $ There',
    'NOOP',
  ),
  fc.constantFrom(
    `APPEND Here ($Old \\Seen) " 2-Mar-2024 23:30:00 -0100" {${text.length}}\r\n${text}`,
    `APPEND Here "02-Mar-2024 00:30:00 +0200" {${text.length}}\r\n${text}`,
  ),
  set.map((s) => `FETCH ${s} (INTERNALDATE BODY.PEEK[1]<1.3> BODY.PEEK[HEADER.FIELDS (DATE SUBJECT)]<0.12>)`),
  set.map((s) => `FETCH ${s} (BODY.PEEK[2.MIME] BODY.PEEK[TEXT]<5.100> RFC822.SIZE BINARY.SIZE[1])`),
);

/** Two sessions that look for things in a mailbox, in turn. */
export const generatedSearchDialogue: fc.Arbitrary<ImapDialogue> = twoSessions(command, {
  messages,
  prepared: ['STORE 1 +FLAGS ($Old)'],
  most: 12,
});
