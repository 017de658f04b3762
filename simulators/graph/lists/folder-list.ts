import type { Folder } from '../../mailbox/folder.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { filterTest } from '../odata/evaluate-filter.ts';
import { mailFolderType } from '../odata/mail-folder-type.ts';
import { orderOf } from '../odata/order-by.ts';
import { pick } from '../odata/pick.ts';
import { parseQueryOptions } from '../odata/query-options.ts';
import { renderFolder } from '../rendering/render-folder.ts';
import { listContext } from './list-context.ts';
import { linkWith } from './next-link.ts';
import { pageOf } from './page-of.ts';

/** Folders in one place (user-list-mailfolders, mailfolder-list-childfolders). */
export function folderList(exchange: GraphExchange, folders: readonly Folder[]): GraphReply {
  const options = parseQueryOptions(exchange.query, mailFolderType);
  const { filter, orderBy, select, expand, skip, count } = options;
  const { top = exchange.service.profile.pageSize.default } = options;
  const rendered = folders.map((folder) => ({
    ...renderFolder(exchange, folder),
    ...(expand.some(({ name }) => name === 'childFolders') && {
      childFolders: childrenOf(exchange, folder).map((child) => renderFolder(exchange, child)),
    }),
  }));
  const kept = filter === undefined ? rendered : rendered.filter(filterTest(filter));
  const ordered = orderBy === undefined ? kept : [...kept].sort(orderOf(orderBy));
  const page = pageOf(ordered, { skip, top, count });
  const shown = select && [...select, ...expand.map(({ name }) => name)];
  return {
    status: 200,
    body: {
      '@odata.context': listContext(exchange, 'mailFolders'),
      ...(page.count !== undefined && { '@odata.count': page.count }),
      value: page.items.map((folder) => pick(folder, shown)),
      ...(page.more && { '@odata.nextLink': linkWith(exchange.url, { $skip: String(skip + top) }) }),
    },
  };
}

/** The folders in a folder; of none, those at the top. */
export function childrenOf({ mailbox }: GraphExchange, parent: Folder | undefined): readonly Folder[] {
  return mailbox.folders.filter((folder) => folder.parent === parent);
}
