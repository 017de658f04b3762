import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute } from '../graph-route.ts';
import { optionOf } from '../odata/query-options.ts';
import { contextUrl } from '../rendering/context-url.ts';
import { attachmentOf, attachmentsOf, renderAttachment } from '../rendering/render-attachment.ts';
import { attachmentFromJson } from '../sending/attachment-json.ts';
import { jsonObject } from '../sending/json-reader.ts';
import { addAttachment, removeAttachment } from './edit-attachments.ts';
import { messagePlace } from './message-place.ts';

function fieldsOf({ query }: GraphExchange): readonly string[] | undefined {
  const select = optionOf(query, 'select');
  return select?.split(',').map((name) => name.trim().replace(/^microsoft\.graph\.fileattachment\//i, ''));
}

/** Whether an item is to be shown with the message inside (`$expand=microsoft.graph.itemattachment/item`). */
function withItem({ query }: GraphExchange): boolean {
  return /^microsoft\.graph\.itemattachment\/item\b/i.test(optionOf(query, 'expand') ?? '');
}

function context(exchange: GraphExchange, what: string): string {
  return contextUrl(
    exchange,
    `messages('${encodeURIComponent(exchange.params.id ?? '')}')/attachments${what}`,
  );
}

function list(exchange: GraphExchange): GraphReply {
  const fields = fieldsOf(exchange);
  const value = attachmentsOf(exchange, messagePlace(exchange)).map((each) =>
    renderAttachment(exchange, each, { fields, withItem: withItem(exchange) }),
  );
  return { status: 200, body: { '@odata.context': context(exchange, ''), value } };
}

function get(exchange: GraphExchange): GraphReply {
  const found = attachmentOf(exchange, messagePlace(exchange), exchange.params.attachment ?? '');
  const rendered = renderAttachment(exchange, found, {
    fields: fieldsOf(exchange),
    withItem: withItem(exchange),
  });
  return { status: 200, body: { '@odata.context': context(exchange, '/$entity'), ...rendered } };
}

function value(exchange: GraphExchange): GraphReply {
  const { attachment } = attachmentOf(exchange, messagePlace(exchange), exchange.params.attachment ?? '');
  const type = attachment.kind === 'item' ? 'text/plain' : attachment.contentType;
  return { status: 200, headers: { 'Content-Type': type }, body: attachment.bytes };
}

async function add(exchange: GraphExchange): Promise<GraphReply> {
  const place = messagePlace(exchange);
  const attachment = attachmentFromJson(jsonObject(exchange));
  if (attachment.bytes.length >= exchange.service.profile.attachments.directBelowBytes)
    throw new GraphError(
      413,
      'ErrorAttachmentSizeLimitExceeded',
      'The attachment is too large to be posted directly; create an upload session for it.',
    );
  const added = await addAttachment(exchange, place, attachment);
  return {
    status: 201,
    body: { '@odata.context': context(exchange, '/$entity'), ...renderAttachment(exchange, added) },
  };
}

async function remove(exchange: GraphExchange): Promise<GraphReply> {
  await removeAttachment(
    exchange,
    attachmentOf(exchange, messagePlace(exchange), exchange.params.attachment ?? ''),
  );
  return { status: 204 };
}

/** Attachments of a message (graph/api/resources/attachment). Large ones come by upload session. */
export const attachmentRoutes: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/messages/:id/attachments',
    operation: 'GET /messages/{id}/attachments',
    needs: 'Mail.Read',
    handle: list,
  },
  {
    method: 'POST',
    path: '/messages/:id/attachments',
    operation: 'POST /messages/{id}/attachments',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    handle: add,
  },
  {
    method: 'GET',
    path: '/messages/:id/attachments/:attachment',
    operation: 'GET /messages/{id}/attachments/{id}',
    needs: 'Mail.Read',
    handle: get,
  },
  {
    method: 'GET',
    path: '/messages/:id/attachments/:attachment/$value',
    operation: 'GET /messages/{id}/attachments/{id}/$value',
    needs: 'Mail.Read',
    handle: value,
  },
  {
    method: 'DELETE',
    path: '/messages/:id/attachments/:attachment',
    operation: 'DELETE /messages/{id}/attachments/{id}',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    handle: remove,
  },
];
