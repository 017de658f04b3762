import type { FaultKind } from './fault-kind.ts';

const minute = 60_000;

/** What may go wrong between an engine and a server that speaks SMTP, and passes. */
export const smtpFaults: readonly FaultKind[] = [
  { name: 'smtp-refuse', where: { protocol: 'smtp', phase: 'connect' }, what: { kind: 'refuse' } },
  { name: 'smtp-no-banner', where: { protocol: 'smtp', phase: 'banner' }, what: { kind: 'hang' } },
  {
    name: 'mail-421',
    where: { protocol: 'smtp', phase: 'command', command: 'MAIL' },
    what: { kind: 'reply', text: '421 4.3.2 Service shutting down', close: true },
  },
  {
    name: 'rcpt-greylisted',
    where: { protocol: 'smtp', phase: 'command', command: 'RCPT' },
    what: { kind: 'reply', text: '450 4.2.0 Greylisted, try again later' },
  },
  {
    name: 'rcpt-refused',
    where: { protocol: 'smtp', phase: 'command', command: 'RCPT' },
    what: { kind: 'reply', text: '550 5.1.1 No such user here' },
  },
  {
    name: 'data-refused',
    where: { protocol: 'smtp', phase: 'command', command: 'DATA' },
    what: { kind: 'reply', text: '451 4.3.0 Insufficient resources, try later' },
  },
  {
    name: 'data-cut',
    where: { protocol: 'smtp', phase: 'body', command: 'DATA' },
    what: { kind: 'cut', afterBytes: 200, end: 'reset' },
  },
  {
    name: 'dot-reset',
    where: { protocol: 'smtp', phase: 'commit', command: 'DATA' },
    what: { kind: 'reset' },
  },
  {
    name: 'dot-lost',
    where: { protocol: 'smtp', phase: 'committed', command: 'DATA' },
    what: { kind: 'commit-then-drop', end: 'reset' },
  },
  {
    name: 'dot-silent',
    where: { protocol: 'smtp', phase: 'committed', command: 'DATA' },
    what: { kind: 'commit-then-drop', end: 'half-open' },
  },
  {
    name: 'slow-dot',
    where: { protocol: 'smtp', phase: 'reply', command: 'DATA' },
    what: { kind: 'delay', delayMs: { fromMs: 1_000, toMs: 2 * minute } },
  },
  {
    name: 'smtp-thin-line',
    where: { protocol: 'smtp', phase: 'banner' },
    what: { kind: 'bandwidth', bytesPerSecond: 200 },
  },
  {
    name: 'smtp-small-packets',
    where: { protocol: 'smtp', phase: 'banner' },
    what: { kind: 'slice', maxBytes: 3 },
  },
  ...(['expired', 'wrong-name', 'stall', 'refuse'] as const).map((fault) => ({
    name: `smtp-tls-${fault}`,
    where: { protocol: 'smtp' as const, phase: 'tls' as const },
    what: { kind: 'tls' as const, fault },
  })),
  {
    name: 'login-454',
    where: { protocol: 'smtp', phase: 'command', command: 'AUTH' },
    what: { kind: 'reply', text: '454 4.7.0 Temporary authentication failure' },
  },
  {
    name: 'mail-silent',
    where: { protocol: 'smtp', phase: 'command', command: 'MAIL' },
    what: { kind: 'hang' },
  },
  {
    name: 'rcpt-closed',
    where: { protocol: 'smtp', phase: 'command', command: 'RCPT' },
    what: { kind: 'close' },
  },
  {
    name: 'dot-closed',
    where: { protocol: 'smtp', phase: 'committed', command: 'DATA' },
    what: { kind: 'commit-then-drop', end: 'close' },
  },
  {
    name: 'smtp-stray-line',
    where: { protocol: 'smtp', phase: 'banner' },
    what: { kind: 'garbage', text: 'HTTP/1.1 400 Bad Request' },
  },
  ...(['EHLO', 'MAIL', 'RCPT', 'DATA'] as const).flatMap((command): FaultKind[] => [
    {
      name: `garbled-${command.toLowerCase()}`,
      where: { protocol: 'smtp', phase: 'reply', command },
      what: { kind: 'corrupt', bytes: 3 },
    },
    {
      name: `doubled-${command.toLowerCase()}`,
      where: { protocol: 'smtp', phase: 'reply', command },
      what: { kind: 'duplicate-reply' },
    },
  ]),
  {
    name: 'dot-stray-line',
    where: { protocol: 'smtp', phase: 'reply', command: 'DATA' },
    what: { kind: 'garbage', text: '%&!' },
  },
];
