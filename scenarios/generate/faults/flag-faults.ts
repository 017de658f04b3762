import type { FaultKind } from './fault-kind.ts';

const at = { protocol: 'imap', phase: 'command', command: 'UID STORE' } as const;

/** What may go wrong while flags are written, or read, over IMAP. Every one of them passes. */
export const flagFaults: readonly FaultKind[] = [
  { name: 'imap-reset-uid-store', where: at, what: { kind: 'reset' } },
  { name: 'imap-silent-uid-store', where: at, what: { kind: 'half-open' } },
  { name: 'imap-slow-uid-store', where: at, what: { kind: 'delay', delayMs: 20_000 } },
  {
    name: 'imap-no-uid-store',
    where: at,
    what: { kind: 'reply', text: 'NO [SERVERBUG] Internal error occurred' },
  },
  {
    name: 'imap-gone-uid-store',
    where: at,
    what: { kind: 'reply', text: 'NO Some of the requested messages no longer exist.' },
  },
  // It says that it wrote, and did not.
  { name: 'imap-idle-uid-store', where: at, what: { kind: 'reply', text: 'OK Store completed.' } },
  {
    name: 'imap-lost-answer-uid-store',
    where: { ...at, phase: 'committed' },
    what: { kind: 'commit-then-drop', end: 'reset' },
  },
  { name: 'imap-death-uid-store', where: { ...at, phase: 'committed' }, what: { kind: 'kill' } },
  {
    name: 'imap-untold-flags',
    where: { protocol: 'imap', phase: 'reply', command: 'UID FETCH' },
    what: { kind: 'flip', field: 'FLAGS', how: 'missing' },
  },
];
