import type { Folder } from '../../mailbox/folder.ts';
import { folderNamed } from '../folder-named.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphRoute } from '../graph-route.ts';
import { childrenOf, folderList } from './folder-list.ts';
import { messageCount, messageList } from './message-list.ts';

const messageQuery = '$select $filter $orderby $top (1-1000, default 10) $skip $count $search $expand';
const folderQuery = '$select $filter $orderby $top $skip $count $expand=childFolders';

/** Lists of messages and of folders. */
export const listRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/messages',
    operation: 'GET /messages',
    needs: 'Mail.ReadBasic',
    note: messageQuery,
    handle: (exchange) => messageList(exchange, exchange.mailbox.folders),
  },
  {
    method: 'GET',
    path: '/messages/$count',
    operation: 'GET /messages/$count',
    needs: 'Mail.ReadBasic',
    note: '$filter $search',
    handle: (exchange) => messageCount(exchange, exchange.mailbox.folders),
  },
  {
    method: 'GET',
    path: '/mailFolders/:id/messages',
    operation: 'GET /mailFolders/{id}/messages',
    needs: 'Mail.ReadBasic',
    note: messageQuery,
    handle: (exchange) => messageList(exchange, namedFolder(exchange)),
  },
  {
    method: 'GET',
    path: '/mailFolders/:id/messages/$count',
    operation: 'GET /mailFolders/{id}/messages/$count',
    needs: 'Mail.ReadBasic',
    note: '$filter $search',
    handle: (exchange) => messageCount(exchange, namedFolder(exchange)),
  },
  {
    method: 'GET',
    path: '/mailFolders',
    operation: 'GET /mailFolders',
    needs: 'Mail.ReadBasic',
    note: folderQuery,
    handle: (exchange) => folderList(exchange, childrenOf(exchange, undefined)),
  },
  {
    method: 'GET',
    path: '/mailFolders/:id/childFolders',
    operation: 'GET /mailFolders/{id}/childFolders',
    needs: 'Mail.ReadBasic',
    note: folderQuery,
    handle: (exchange) => folderList(exchange, childrenOf(exchange, namedFolder(exchange)[0])),
  },
];

/** The folder of the path; none where it is the one above all others. */
function namedFolder({ mailbox, params }: GraphExchange): readonly Folder[] {
  const folder = folderNamed(mailbox, params.id ?? '');
  return folder === 'root' ? [] : [folder];
}
