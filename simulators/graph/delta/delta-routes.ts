import type { GraphRoute } from '../graph-route.ts';
import { DeltaError } from './delta-error.ts';
import { folderDelta } from './folder-delta.ts';
import { messageDelta } from './message-delta.ts';

/** Changes since last time. */
export const deltaRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/mailFolders/:id/messages/delta',
    operation: 'GET /mailFolders/{id}/messages/delta',
    needs: 'Mail.ReadBasic',
    note: '$select, $top, $filter=receivedDateTime ge|gt, $orderby=receivedDateTime desc, changeType (message-delta)',
    handle: messageDelta,
  },
  {
    method: 'GET',
    path: '/mailFolders/delta',
    operation: 'GET /mailFolders/delta',
    needs: 'Mail.ReadBasic',
    note: '$select, changeType; counts of messages are not followed (mailfolder-delta)',
    handle: folderDelta,
  },
  {
    method: 'GET',
    path: '/messages/delta',
    operation: 'GET /messages/delta',
    needs: 'Mail.ReadBasic',
    note: 'refused, as Outlook does: messages are followed per folder',
    handle() {
      throw new DeltaError('wholeMailbox');
    },
  },
];
