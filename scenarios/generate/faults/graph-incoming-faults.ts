import type { FaultKind } from './fault-kind.ts';

const minute = 60_000;
const delta = 'GET /mailFolders/{id}/messages/delta';
const source = 'GET /messages/{id}/$value';

/** What may go wrong between an engine and Graph while it looks for mail, and passes. */
export const graphIncomingFaults: readonly FaultKind[] = [
  { name: 'graph-refuse', where: { protocol: 'graph', phase: 'connect' }, what: { kind: 'refuse' } },
  ...(
    [
      ['delta', delta],
      ['source', source],
    ] as const
  ).flatMap(([name, command]): FaultKind[] => [
    {
      name: `${name}-reset`,
      where: { protocol: 'graph', phase: 'command', command },
      what: { kind: 'reset' },
    },
    { name: `${name}-hang`, where: { protocol: 'graph', phase: 'command', command }, what: { kind: 'hang' } },
    {
      name: `${name}-cut`,
      where: { protocol: 'graph', phase: 'body', command },
      what: { kind: 'cut', afterShare: 0.5, end: 'reset' },
    },
    {
      name: `${name}-slow`,
      where: { protocol: 'graph', phase: 'reply', command },
      what: { kind: 'delay', delayMs: { fromMs: 1_000, toMs: minute } },
    },
    {
      name: `${name}-504`,
      where: { protocol: 'graph', phase: 'command', command },
      what: { kind: 'reply', text: '504 UnknownError' },
    },
    {
      name: `${name}-503-empty`,
      where: { protocol: 'graph', phase: 'command', command },
      what: { kind: 'reply', text: '503\n\n' },
    },
    {
      name: `${name}-429`,
      where: { protocol: 'graph', phase: 'command', command },
      what: {
        kind: 'reply',
        text: '429 ApplicationThrottled Application is over its MailboxConcurrency limit.\nRetry-After: 30',
      },
    },
    {
      name: `${name}-401`,
      where: { protocol: 'graph', phase: 'command', command },
      what: {
        kind: 'reply',
        text: '401 InvalidAuthenticationToken Access token has expired or is not yet valid.',
      },
    },
  ]),
  ...(['missing', 'doubled', 'changed', 'renumbered'] as const).map((how) => ({
    name: `delta-${how}`,
    where: { protocol: 'graph' as const, phase: 'reply' as const, command: delta },
    what: { kind: 'flip' as const, field: 'DELTA', how },
  })),
];
