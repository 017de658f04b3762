import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { folderIdOf } from '../ids.ts';
import { pick } from '../odata/pick.ts';
import { renderFolder } from '../rendering/render-folder.ts';
import { parseFolderDelta } from './delta-query.ts';
import { FolderSource } from './folder-source.ts';
import { serveDelta } from './serve-delta.ts';
import { statesOf } from './states-of.ts';

/** Changes of the folders of a mailbox (mailfolder-delta). */
export function folderDelta(exchange: GraphExchange): GraphReply {
  const { mailbox, query, service } = exchange;
  return serveDelta(exchange, {
    collection: 'folders',
    states: statesOf(mailbox, 'folders', service.profile.delta.keptGenerations),
    item: 'mailFolder',
    seq: mailbox.folderSeq,
    firstQuery: () => parseFolderDelta(query),
    source: ({ select }) =>
      new FolderSource({
        mailbox,
        render: (folder) => ({
          '@odata.type': '#microsoft.graph.mailFolder',
          ...pick(renderFolder(exchange, folder), select),
        }),
        idOf: folderIdOf,
      }),
  });
}
