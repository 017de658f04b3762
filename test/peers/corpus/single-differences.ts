import type { FieldName } from './fields.ts';

/** A difference seen in one message alone, with both readings and why. */
export interface SingleDifference {
  readonly message: string;
  readonly field: FieldName;
  readonly ours: unknown;
  readonly python: unknown;
  readonly reason: string;
}

const octets = { name: null, type: 'application/octet-stream' };
const longGif = {
  name: '3d-eye-is-an-evil-filename because of excessive length and verbosity.  Unfortunately what can we do given an idiotic situation such as this?',
  type: 'image/gif',
};

export const singleDifferences: readonly SingleDifference[] = [
  {
    message: 'python-email/msg_14.txt',
    field: 'attachments',
    ours: [{ name: null, type: 'text' }],
    python: [],
    reason:
      '`Content-Type: text` has no subtype: RFC 2045 5.2 suggests text/plain, as Python does; mailparser keeps the word and so no longer sees text.',
  },
  {
    message: 'python-email/msg_15.txt',
    field: 'attachments',
    ours: [{ name: 'xx.gif', type: 'image/gif' }],
    python: [{ name: null, type: 'multipart/alternative' }],
    reason:
      'Inner and outer multipart share one boundary, against RFC 2046 5.1.2; mailparser finds the image after it, Python ends there.',
  },
  {
    message: 'python-email/msg_39.txt',
    field: 'attachments',
    ours: [octets, octets, octets, octets, octets, octets],
    python: [{ name: null, type: 'multipart/alternative' }, octets, octets],
    reason: 'Four multiparts share one boundary; mailparser finds all six patches, Python two.',
  },
  {
    message: 'flufl-bounce/simple_35.txt',
    field: 'from',
    ours: [['', 'Postmaster\\@example.com@xxx.com']],
    python: [['', '<>']],
    reason:
      'A quoted @ outside a quoted string is no address; Python gives up, mailparser keeps what was written.',
  },
  {
    message: 'flufl-bounce/smtp32_01.txt',
    field: 'date',
    ours: 986206810000,
    python: -58972023590000,
    reason:
      'The year 101 is 2001 by RFC 5322 4.3, written by a program with the year 2000 bug; Python takes it for the year 101.',
  },
  {
    message: 'flufl-bounce/yahoo_02.txt',
    field: 'date',
    ours: null,
    python: 1017813360000,
    reason:
      '"Wednesday, April 03, 2002 5:56 AM" is no date of RFC 5322 and has no zone; Python guesses, the engine does not.',
  },
  {
    message: 'enmime-low-quality/bad-header-start.raw',
    field: 'from',
    ours: [['James Hillyerd', 'james@makita.skynet']],
    python: [],
    reason:
      'The header begins with white space, a continuation of nothing; Python drops that line, mailparser reads it.',
  },
  {
    message: 'enmime-low-quality/bad-header-wrap.raw',
    field: 'attachments',
    ours: [{ name: '7DDA4_foo_9E5D72.zip', type: 'application/x-zip-compressed' }],
    python: [{ name: null, type: 'application/x-zip-compressed' }],
    reason:
      'A continuation line lacks its white space; Python ends the part’s headers there, mailparser reads the disposition below it.',
  },
  {
    message: 'enmime-mail/malformed-multiple-address-header-values.raw',
    field: 'from',
    ours: [['Bob Dunite Bobby Dunite bobby@extern', 'bob@extern']],
    python: [['Bob Dunite', 'bob@extern']],
    reason: 'Two addresses without a comma are no mailbox list; each keeps another part of it.',
  },
  {
    message: 'enmime-mail/mime-bad-content-type.raw',
    field: 'attachments',
    ours: [{ name: 'Invoice_302232133150612.pdf', type: 'application/pdf name=invoice_302232133150612.pdf' }],
    python: [
      { name: 'Invoice_302232133150612.pdf', type: 'application/pdf name="invoice_302232133150612.pdf"' },
    ],
    reason: 'The semicolon before `name` is missing, so all of it is the type; mailparser drops the quotes.',
  },
  {
    message: 'enmime-mail/mime-blank-media-name.raw',
    field: 'attachments',
    ours: [{ name: 'Invoice_302232133150612.pdf', type: 'application/pdf name=' }],
    python: [{ name: 'Invoice_302232133150612.pdf', type: 'application/pdf name=""' }],
    reason: 'As above.',
  },
  {
    message: 'enmime-mail/qp-utf8-header-recursed.raw',
    field: 'from',
    ours: [
      ['James Hillyerd', 'jamehi03@jamehi03lx.noa.com'],
      [
        '=?UTF-8? Q?=3D=3Futf-8=3FQ=3FWirelessCaller=5F=3D28203=3D29=5F4?= 02-5984_WirelessCaller_=28203=29_402-?=\n =?utf-8?Q?5984_WirelessCaller_=28203=29_402-5984?=',
        'PIRARD@vm1.ulg.ac.be',
      ],
    ],
    python: { error: 'ValueError: invalid arguments; address parts cannot contain CR or LF' },
    reason: 'Encoded words inside encoded words decode to a line break; Python refuses the whole header.',
  },
  {
    message: 'enmime-parts/barren-content-type.raw',
    field: 'attachments',
    ours: [{ name: null, type: 'text/plain' }],
    python: [{ name: '', type: 'text/plain' }],
    reason: '`filename=""` is a name without a character: Python gives it, mailparser counts it as none.',
  },
  {
    message: 'enmime-parts/empty-ctype-bad-content.raw',
    field: 'attachments',
    ours: [{ name: null, type: '<html>' }],
    python: [],
    reason:
      '`Content-Type: <html>` is no type: RFC 2045 5.2 suggests text/plain, as Python does; mailparser keeps the word.',
  },
  {
    message: 'mime-tools/multi-2evil.msg',
    field: 'attachments',
    ours: [{ name: '/evil/because:ofpath3d-compress.gif', type: 'image/gif' }, longGif],
    python: [
      { name: '/evil/because:ofpath3d-=?ISO-8859-1?Q?=63?=om=?US-ASCII*EN?Q?pr?=ess.gif', type: 'image/gif' },
      longGif,
    ],
    reason:
      'Encoded words may not stand in a parameter (RFC 2047 5) and do; mailparser decodes them, Python does not.',
  },
  {
    message: 'mime-tools/russian.msg',
    field: 'attachments',
    ours: [{ name: 'Список.doc', type: 'text/plain' }],
    python: [{ name: null, type: 'text/plain' }],
    reason:
      '`filename==?koi8-r?…`: an encoded word without quotes is no value of a parameter; mailparser reads it all the same.',
  },
  {
    message: 'mime-tools/viraldoc.msg',
    field: 'attachments',
    ours: [{ name: 'BLUEDOT.JPG', type: 'audio/x-wav' }],
    python: [{ name: null, type: 'multipart/alternative' }],
    reason:
      'Inner and outer multipart share one boundary, as viruses wrote them; mailparser finds the part after it.',
  },
];
