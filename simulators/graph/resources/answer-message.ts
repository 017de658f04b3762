import type { Place } from '../../mailbox/mailbox.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { expandMessage } from '../lists/expand-message.ts';
import { messageType } from '../odata/message-type.ts';
import { etagOf } from '../rendering/change-key.ts';
import { contextUrl } from '../rendering/context-url.ts';
import { renderMessage } from '../rendering/render-message.ts';
import { singleQuery } from './single-query.ts';

/** One message as the answer, as far as the query selects and expands it. */
export function answerMessage(exchange: GraphExchange, place: Place, status = 200): GraphReply {
  const { select, expand } = singleQuery(exchange.query, messageType);
  const rendered = {
    '@odata.context': contextUrl(exchange, 'messages/$entity'),
    ...renderMessage(exchange, place, select),
    ...expandMessage(exchange, place, expand),
  };
  const { bodyContentType } = exchange.prefer;
  return {
    status,
    headers: {
      ETag: etagOf(place),
      ...(bodyContentType !== undefined && {
        'Preference-Applied': `outlook.body-content-type="${bodyContentType}"`,
      }),
    },
    body: rendered,
  };
}
