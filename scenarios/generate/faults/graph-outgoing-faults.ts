import type { FaultKind } from './fault-kind.ts';

const draft = 'POST /messages';
const send = 'POST /messages/{id}/send';
const look = 'GET /messages/{id}';

/** What may go wrong between an engine and Graph while it sends, and passes. */
export const graphOutgoingFaults: readonly FaultKind[] = [
  ...(
    [
      ['draft', draft],
      ['send', send],
    ] as const
  ).flatMap(([name, command]): FaultKind[] => [
    {
      name: `${name}-reset`,
      where: { protocol: 'graph', phase: 'command', command },
      what: { kind: 'reset' },
    },
    {
      name: `${name}-lost`,
      where: { protocol: 'graph', phase: 'committed', command },
      what: { kind: 'commit-then-drop', end: 'reset' },
    },
    {
      name: `${name}-silent`,
      where: { protocol: 'graph', phase: 'committed', command },
      what: { kind: 'commit-then-drop', end: 'half-open' },
    },
    {
      name: `${name}-done-504`,
      where: { protocol: 'graph', phase: 'committed', command },
      what: { kind: 'reply', text: '504 UnknownError' },
    },
    {
      name: `${name}-503`,
      where: { protocol: 'graph', phase: 'command', command },
      what: {
        kind: 'reply',
        text: '503 ErrorInternalServerTransientError An internal server error occurred.',
      },
    },
    {
      name: `${name}-429`,
      where: { protocol: 'graph', phase: 'command', command },
      what: {
        kind: 'reply',
        text: '429 ApplicationThrottled Application is over its MailboxConcurrency limit.\nRetry-After: 45',
      },
    },
  ]),
  {
    name: 'send-refused-recipient',
    where: { protocol: 'graph', phase: 'command', command: send },
    what: { kind: 'reply', text: '400 ErrorInvalidRecipients At least one recipient is not valid.' },
  },
  {
    name: 'look-504',
    where: { protocol: 'graph', phase: 'command', command: look },
    what: { kind: 'reply', text: '504 UnknownError' },
  },
];
