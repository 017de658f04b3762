import type { FaultKind } from './fault-kind.ts';

const minute = 60_000;

/**
 * What may go wrong between an engine and a server that speaks POP3. Every one of them passes: once it is over, all
 * that was asked for must still come true. (A reply said twice is not among them: its second copy is a perfect answer
 * to the next command, which no client can tell from the real one.)
 */
export const pop3Faults: readonly FaultKind[] = [
  { name: 'refuse', where: { protocol: 'pop3', phase: 'connect' }, what: { kind: 'refuse' } },
  { name: 'no-banner', where: { protocol: 'pop3', phase: 'banner' }, what: { kind: 'hang' } },
  {
    name: 'slow-banner',
    where: { protocol: 'pop3', phase: 'banner' },
    what: { kind: 'delay', delayMs: 20_000 },
  },
  {
    name: 'reset-list',
    where: { protocol: 'pop3', phase: 'command', command: 'UIDL' },
    what: { kind: 'reset' },
  },
  {
    name: 'reset-retr',
    where: { protocol: 'pop3', phase: 'command', command: 'RETR' },
    what: { kind: 'reset' },
  },
  {
    name: 'cut-list',
    where: { protocol: 'pop3', phase: 'body', command: 'UIDL' },
    what: { kind: 'cut', afterShare: 0.5, end: 'close' },
  },
  {
    name: 'cut-retr',
    where: { protocol: 'pop3', phase: 'body', command: 'RETR' },
    what: { kind: 'cut', afterShare: 0.6, end: 'reset' },
  },
  {
    name: 'silent-retr',
    where: { protocol: 'pop3', phase: 'body', command: 'RETR' },
    what: { kind: 'cut', afterBytes: 100, end: 'half-open' },
  },
  {
    name: 'temporary-error',
    where: { protocol: 'pop3', phase: 'command', command: 'PASS' },
    what: { kind: 'reply', text: '-ERR [SYS/TEMP] Temporary failure, try again later' },
  },
  {
    name: 'in-use',
    where: { protocol: 'pop3', phase: 'command', command: 'PASS' },
    what: { kind: 'reply', text: '-ERR [IN-USE] Mailbox is locked by another session', close: true },
  },
  {
    name: 'retr-error',
    where: { protocol: 'pop3', phase: 'command', command: 'RETR' },
    what: { kind: 'reply', text: '-ERR [SYS/TEMP] Unable to open message right now' },
  },
  {
    name: 'quit-lost',
    where: { protocol: 'pop3', phase: 'committed', command: 'QUIT' },
    what: { kind: 'commit-then-drop', end: 'reset' },
  },
  {
    name: 'quit-refused',
    where: { protocol: 'pop3', phase: 'commit', command: 'QUIT' },
    what: { kind: 'reset' },
  },
  ...(['missing', 'doubled', 'changed', 'renumbered'] as const).map((how) => ({
    name: `uidl-${how}`,
    where: { protocol: 'pop3' as const, phase: 'reply' as const, command: 'UIDL' },
    what: { kind: 'flip' as const, field: 'UIDL', how },
  })),
  {
    name: 'size-lie',
    where: { protocol: 'pop3', phase: 'reply', command: 'LIST' },
    what: { kind: 'lie', field: 'LIST', delta: -50 },
  },
  {
    name: 'small-packets',
    where: { protocol: 'pop3', phase: 'banner' },
    what: { kind: 'slice', maxBytes: 7 },
  },
  {
    name: 'slow-retr',
    where: { protocol: 'pop3', phase: 'reply', command: 'RETR' },
    what: { kind: 'delay', delayMs: { fromMs: 1_000, toMs: minute } },
  },
  {
    name: 'thin-line',
    where: { protocol: 'pop3', phase: 'banner' },
    what: { kind: 'bandwidth', bytesPerSecond: 500 },
  },
  ...(['expired', 'wrong-name', 'stall', 'refuse'] as const).map((fault) => ({
    name: `tls-${fault}`,
    where: { protocol: 'pop3' as const, phase: 'tls' as const },
    what: { kind: 'tls' as const, fault },
  })),
  {
    name: 'closed-list',
    where: { protocol: 'pop3', phase: 'command', command: 'UIDL' },
    what: { kind: 'close' },
  },
  {
    name: 'closed-retr',
    where: { protocol: 'pop3', phase: 'command', command: 'RETR' },
    what: { kind: 'close' },
  },
  {
    name: 'silent-list',
    where: { protocol: 'pop3', phase: 'command', command: 'LIST' },
    what: { kind: 'half-open' },
  },
  {
    name: 'stray-line',
    where: { protocol: 'pop3', phase: 'banner' },
    what: { kind: 'garbage', text: 'HTTP/1.1 400 Bad Request' },
  },
  {
    name: 'stray-line-retr',
    where: { protocol: 'pop3', phase: 'reply', command: 'RETR' },
    what: { kind: 'garbage', text: '* 3 EXISTS' },
  },
  {
    name: 'garbled-list',
    where: { protocol: 'pop3', phase: 'reply', command: 'UIDL' },
    what: { kind: 'corrupt', bytes: 20 },
  },
  {
    name: 'garbled-sizes',
    where: { protocol: 'pop3', phase: 'reply', command: 'LIST' },
    what: { kind: 'corrupt', bytes: 5 },
  },
  {
    name: 'garbled-capa',
    where: { protocol: 'pop3', phase: 'reply', command: 'CAPA' },
    what: { kind: 'corrupt', bytes: 8 },
  },
];
