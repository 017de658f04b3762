import type { Place } from '../../mailbox/mailbox.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply } from '../graph-route.ts';
import { messageType } from '../odata/message-type.ts';
import { etagOf } from '../rendering/change-key.ts';
import { contextUrl } from '../rendering/context-url.ts';
import { attachmentsOf, renderAttachment } from '../rendering/render-attachment.ts';
import { renderExtended } from '../rendering/render-extended.ts';
import { renderMessage } from '../rendering/render-message.ts';
import { singleQuery } from './single-query.ts';

/** One message as the answer, as far as the query selects and expands it. */
export function answerMessage(exchange: GraphExchange, place: Place, status = 200): GraphReply {
  const { select, expand } = singleQuery(exchange.query, messageType);
  const rendered: Record<string, unknown> = {
    '@odata.context': contextUrl(exchange, 'messages/$entity'),
    ...renderMessage(exchange, place, select),
  };
  for (const { name, extendedIds, select: fields } of expand) {
    if (name === 'attachments')
      rendered.attachments = attachmentsOf(exchange, place).map((each) =>
        renderAttachment(exchange, each, { fields }),
      );
    else if (name === 'singleValueExtendedProperties') {
      const found = renderExtended(exchange, place, extendedIds ?? []);
      if (found.length > 0) rendered[name] = found;
    }
  }
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
