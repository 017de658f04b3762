import type { FaultKind } from './fault-kind.ts';

const command = 'GET /mailFolders/{id}/messages/delta';

/** What a service that tells changes does to whoever follows them, and what the way there does. */
export const deltaFaults: readonly FaultKind[] = [
  // Tokens die: in both forms of the news, and as some met it.
  ...(['DELTA', 'DELTA-LOCATION'] as const).map((field) => ({
    name: `dead-${field.toLowerCase()}`,
    where: { protocol: 'graph' as const, phase: 'reply' as const, command },
    what: { kind: 'flip' as const, field, how: 'renumbered' as const },
  })),
  {
    name: 'dead-410',
    where: { protocol: 'graph', phase: 'command', command },
    what: {
      kind: 'reply',
      text: '410 SyncStateNotFound The sync state generation is not found; it was removed.',
    },
  },
  {
    name: 'dead-410-location',
    where: { protocol: 'graph', phase: 'command', command },
    what: {
      kind: 'reply',
      text: '410 resyncRequired Resync required.\nLocation: https://graph.alpha.test/v1.0/me/mailFolders/inbox/messages/delta?$deltatoken=',
    },
  },
  {
    name: 'dead-400',
    where: { protocol: 'graph', phase: 'command', command },
    what: { kind: 'reply', text: '400 InvalidSyncStateData The sync state data is invalid.' },
  },
  // Changes repeat, come late, and are told of what did not change.
  ...(['missing', 'doubled', 'changed'] as const).map((how) => ({
    name: `entries-${how}`,
    where: { protocol: 'graph' as const, phase: 'reply' as const, command },
    what: { kind: 'flip' as const, field: 'DELTA', how },
  })),
  // Pages do not arrive, or only half.
  {
    name: 'page-504',
    where: { protocol: 'graph', phase: 'command', command },
    what: { kind: 'reply', text: '504 UnknownError' },
  },
  {
    name: 'page-cut',
    where: { protocol: 'graph', phase: 'body', command },
    what: { kind: 'cut', afterShare: 0.5, end: 'reset' },
  },
];
