import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute } from '../graph-route.ts';
import { decodeId, malformedId, messageIdIn } from '../ids.ts';
import { contextUrl } from '../rendering/context-url.ts';
import { jsonObject, textIn } from '../sending/json-reader.ts';

const idsAtMost = 1000;
/** Forms that are served; the entry ids of MAPI and EWS are not. */
const forms = ['restid', 'restimmutableentryid'];

/** graph/api/user-translateexchangeids. An id that means nothing is left without its translation. */
function translate(exchange: GraphExchange): GraphReply {
  const { mailbox } = exchange;
  const json = jsonObject(exchange);
  const { inputIds } = json;
  const target = (textIn(json, 'targetIdType') ?? 'restImmutableEntryId').toLowerCase();
  const source = (textIn(json, 'sourceIdType') ?? 'restId').toLowerCase();
  if (!Array.isArray(inputIds) || inputIds.length > idsAtMost)
    throw new GraphError(400, 'ErrorInvalidRequest', `inputIds must be a list of ${idsAtMost} ids at most.`);
  if (!forms.includes(target) || !forms.includes(source))
    throw new GraphError(400, 'ErrorInvalidRequest', 'Only restId and restImmutableEntryId are translated.');
  const value = inputIds.map((sourceId: unknown) => {
    if (typeof sourceId !== 'string') throw malformedId();
    const decoded = decodeId(sourceId);
    const place = decoded.kind === 'folder' ? undefined : mailbox.find(decoded.messageId);
    if (place === undefined) return { sourceId };
    const targetId = messageIdIn(place.folder.id, place.entry.message.id, target === 'restimmutableentryid');
    return { sourceId, targetId };
  });
  return { status: 200, body: { '@odata.context': contextUrl(exchange, 'translateExchangeIds'), value } };
}

export const translateIdsRoutes: readonly GraphRoute[] = [
  {
    method: 'POST',
    path: '/translateExchangeIds',
    operation: 'POST /translateExchangeIds',
    needs: 'Mail.ReadBasic',
    handle: translate,
  },
];
