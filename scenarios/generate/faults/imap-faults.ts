import type { FaultKind } from './fault-kind.ts';

const minute = 60_000;

/** What a server may say of a folder when it opens it, and by how much it is wrong. */
const lies = [
  ['UIDNEXT', -1],
  ['UIDNEXT', 3],
  ['EXISTS', -1],
  ['EXISTS', 2],
  ['HIGHESTMODSEQ', -1],
] as const;

/**
 * What may go wrong between an engine and a server that speaks IMAP. Every one of them passes: once it is over, all that
 * was asked for must still come true. Lies about what a folder holds are among them: a client that looks again finds the
 * truth.
 */
export const imapFaults: readonly FaultKind[] = [
  { name: 'imap-refuse', where: { protocol: 'imap', phase: 'connect' }, what: { kind: 'refuse' } },
  { name: 'imap-no-banner', where: { protocol: 'imap', phase: 'banner' }, what: { kind: 'hang' } },
  {
    name: 'imap-slow-banner',
    where: { protocol: 'imap', phase: 'banner' },
    what: { kind: 'delay', delayMs: 20_000 },
  },
  {
    name: 'imap-bye-at-once',
    where: { protocol: 'imap', phase: 'banner' },
    what: { kind: 'reply', text: '* BYE [UNAVAILABLE] Too busy, try again later', close: true },
  },
  ...(['SELECT', 'EXAMINE', 'UID SEARCH', 'UID FETCH', 'LIST'] as const).flatMap((command): FaultKind[] => {
    const called = command.toLowerCase().replace(' ', '-');
    return [
      {
        name: `imap-reset-${called}`,
        where: { protocol: 'imap', phase: 'command', command },
        what: { kind: 'reset' },
      },
      {
        name: `imap-silent-${called}`,
        where: { protocol: 'imap', phase: 'command', command },
        what: { kind: 'half-open' },
      },
      {
        name: `imap-bye-${called}`,
        where: { protocol: 'imap', phase: 'command', command },
        what: { kind: 'reply', text: '* BYE Server shutting down', close: true },
      },
      {
        name: `imap-no-${called}`,
        where: { protocol: 'imap', phase: 'command', command },
        what: { kind: 'reply', text: 'NO [SERVERBUG] Internal error occurred' },
      },
    ];
  }),
  ...(['LOGIN', 'AUTHENTICATE'] as const).flatMap((command): FaultKind[] => [
    {
      name: `imap-unavailable-${command.toLowerCase()}`,
      where: { protocol: 'imap', phase: 'command', command },
      what: { kind: 'reply', text: 'NO [UNAVAILABLE] Temporary authentication failure' },
    },
    {
      name: `imap-in-use-${command.toLowerCase()}`,
      where: { protocol: 'imap', phase: 'command', command },
      what: { kind: 'reply', text: 'NO [INUSE] Mailbox is in use', close: true },
    },
  ]),
  {
    name: 'imap-cut-literal',
    where: { protocol: 'imap', phase: 'body', command: 'UID FETCH' },
    what: { kind: 'cut', afterShare: 0.6, end: 'reset' },
  },
  {
    name: 'imap-silent-literal',
    where: { protocol: 'imap', phase: 'body', command: 'UID FETCH' },
    what: { kind: 'cut', afterBytes: 100, end: 'half-open' },
  },
  {
    name: 'imap-slow-fetch',
    where: { protocol: 'imap', phase: 'reply', command: 'UID FETCH' },
    what: { kind: 'delay', delayMs: { fromMs: 1_000, toMs: minute } },
  },
  {
    name: 'imap-fetch-without-body',
    where: { protocol: 'imap', phase: 'reply', command: 'UID FETCH' },
    what: { kind: 'flip', field: 'BODY[]', how: 'missing' },
  },
  {
    name: 'imap-fetch-without-uid',
    where: { protocol: 'imap', phase: 'reply', command: 'UID FETCH' },
    what: { kind: 'flip', field: 'UID', how: 'missing' },
  },
  {
    name: 'imap-size-lie',
    where: { protocol: 'imap', phase: 'reply', command: 'UID FETCH' },
    what: { kind: 'lie', field: 'RFC822.SIZE', delta: -50 },
  },
  ...(['SELECT', 'EXAMINE'] as const).flatMap((command): FaultKind[] => {
    const where = { protocol: 'imap', phase: 'reply', command } as const;
    const opened = command.toLowerCase();
    return [
      {
        name: `imap-uidvalidity-changed-${opened}`,
        where,
        what: { kind: 'flip', field: 'UIDVALIDITY', how: 'changed' },
      },
      ...(['UIDNEXT', 'MODSEQ'] as const).map(
        (field): FaultKind => ({
          name: `imap-no-${field.toLowerCase()}-${opened}`,
          where,
          what: { kind: 'flip', field, how: 'missing' },
        }),
      ),
      ...lies.map(
        ([field, delta]): FaultKind => ({
          name: `imap-${delta < 0 ? 'low' : 'high'}-${field.toLowerCase()}-${opened}`,
          where,
          what: { kind: 'lie', field, delta },
        }),
      ),
    ];
  }),
  {
    name: 'imap-append-lost',
    where: { protocol: 'imap', phase: 'committed', command: 'APPEND' },
    what: { kind: 'commit-then-drop', end: 'reset' },
  },
  {
    name: 'imap-append-refused',
    where: { protocol: 'imap', phase: 'commit', command: 'APPEND' },
    what: { kind: 'reset' },
  },
  {
    name: 'imap-small-packets',
    where: { protocol: 'imap', phase: 'banner' },
    what: { kind: 'slice', maxBytes: 7 },
  },
  {
    name: 'imap-thin-line',
    where: { protocol: 'imap', phase: 'banner' },
    what: { kind: 'bandwidth', bytesPerSecond: 500 },
  },
  {
    name: 'imap-stray-line',
    where: { protocol: 'imap', phase: 'banner' },
    what: { kind: 'garbage', text: 'HTTP/1.1 400 Bad Request' },
  },
  ...(['expired', 'wrong-name', 'stall', 'refuse'] as const).map(
    (fault): FaultKind => ({
      name: `imap-tls-${fault}`,
      where: { protocol: 'imap', phase: 'tls' },
      what: { kind: 'tls', fault },
    }),
  ),
];
