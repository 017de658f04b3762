import type { Folder } from '../../mailbox/folder.ts';
import { folderNamed } from '../folder-named.ts';
import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { itemNotFound, messageIdIn } from '../ids.ts';
import { pick } from '../odata/pick.ts';
import { renderMessage } from '../rendering/render-message.ts';
import { DeltaError } from './delta-error.ts';
import { parseMessageDelta } from './delta-query.ts';
import { MessageSource } from './message-source.ts';
import { deltaTokenOf, serveDelta } from './serve-delta.ts';
import { statesOf } from './states-of.ts';

/**
 * Changes of the messages of a folder (message-delta, delta-query-messages). Extended properties are never in it, also
 * when they are expanded (davmail#500).
 */
export function messageDelta(exchange: GraphExchange): GraphReply {
  const { mailbox, query, prefer, context, service } = exchange;
  const { keptGenerations, filteredAtMost } = service.profile.delta;
  const folder = watchedFolder(exchange);
  const collection = `messages ${folder.id}`;
  return serveDelta(exchange, {
    collection,
    states: statesOf(mailbox, collection, keptGenerations),
    item: 'message',
    seq: folder.highestModSeq,
    firstQuery: () => parseMessageDelta(query, filteredAtMost),
    source: (frozen) =>
      new MessageSource({
        mailbox,
        folder,
        query: frozen,
        backwards: context.entropy.float('graph.delta.direction', `${mailbox.address} ${folder.id}`, 0) < 0.5,
        render: (place) => ({
          '@odata.type': '#microsoft.graph.message',
          ...pick(renderMessage(exchange, place, frozen.select), frozen.select),
        }),
        idOf: (id) => messageIdIn(folder.id, id, prefer.immutableId),
      }),
  });
}

function watchedFolder({ mailbox, params, query }: GraphExchange): Folder {
  try {
    const folder = folderNamed(mailbox, params.id ?? '');
    if (folder !== 'root') return folder;
  } catch (error) {
    // Whoever followed a folder hears that it is gone; to anybody else it never was.
    if (error instanceof GraphError && error.status === 404 && deltaTokenOf(query) !== undefined)
      throw new DeltaError('folderGone');
    throw error;
  }
  throw itemNotFound();
}
