import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { AccessToken } from '../../oauth/token-authority.ts';
import { GraphError } from '../graph-error.ts';
import type { GraphExchange, ServiceExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute } from '../graph-route.ts';
import type { GraphService } from '../graph-service.ts';
import { itemNotFound, messageIdOf } from '../ids.ts';
import type { MailboxItems } from '../items/mailbox-items.ts';
import type { UploadSession } from '../items/upload-session.ts';
import { attachmentIdOf } from '../rendering/render-attachment.ts';
import { jsonObject, objectIn, textIn } from '../sending/json-reader.ts';
import { addAttachment } from './edit-attachments.ts';
import { messagePlace } from './message-place.ts';

/** Theirs are on outlook.office.com; here they stay with the host that gave them out. */
const root = '/uploads/attachments';

function create(exchange: GraphExchange): GraphReply {
  const { items, mailbox, service, url, nowMs } = exchange;
  const { directBelowBytes, sessionMaxBytes, sessionLifeMs } = service.profile.attachments;
  const { message, flags } = messagePlace(exchange).entry;
  const json = jsonObject(exchange);
  const item = objectIn(json, 'AttachmentItem') ?? objectIn(json, 'attachmentItem') ?? {};
  const name = textIn(item, 'name');
  const { size } = item;
  if (textIn(item, 'attachmentType') !== 'file' || name === undefined || typeof size !== 'number')
    throw new GraphError(
      400,
      'ErrorInvalidRequest',
      'An AttachmentItem needs attachmentType file, a name and a size.',
    );
  if (!flags.includes('\\Draft'))
    throw new GraphError(400, 'ErrorInvalidRequest', 'Attachments can be added only to a draft.');
  if (size < directBelowBytes)
    throw new GraphError(
      400,
      'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize',
      `Attachment size should be at least ${directBelowBytes} bytes; post smaller ones directly.`,
    );
  if (size > sessionMaxBytes)
    throw new GraphError(
      413,
      'ErrorAttachmentSizeLimitExceeded',
      `Attachments can have ${sessionMaxBytes} bytes at most.`,
    );
  for (const [id, { expiresAtMs }] of items.uploads) if (expiresAtMs <= nowMs) items.uploads.delete(id);
  const session: UploadSession = {
    id: items.uuid('upload'),
    authToken: items.uuid('upload-token'),
    token: exchange.token,
    messageId: message.id,
    name,
    contentType: textIn(item, 'contentType') ?? 'application/octet-stream',
    isInline: item.isInline === true,
    contentId: textIn(item, 'contentId'),
    sizeBytes: size,
    expiresAtMs: nowMs + sessionLifeMs,
    receivedBytes: 0,
    pieces: [],
  };
  items.uploads.set(session.id, session);
  const owner = encodeURIComponent(mailbox.address);
  return {
    status: 201,
    body: {
      '@odata.context': `${service.baseUrl}/$metadata#microsoft.graph.uploadSession`,
      uploadUrl: `${url.origin}${root}/${owner}/${session.id}?authtoken=${session.authToken}`,
      ...state(session),
    },
  };
}

function state({ expiresAtMs, receivedBytes }: UploadSession): object {
  return {
    expirationDateTime: new Date(expiresAtMs).toISOString(),
    nextExpectedRanges: [receivedBytes === 0 ? '0-' : String(receivedBytes)],
  };
}

interface Found {
  readonly mailbox: Mailbox;
  readonly items: MailboxItems;
  readonly session: UploadSession;
}

/** The session of a URL. Throws `GraphError` 401 for a wrong token, 404 when it is over. */
function found({ context, service, params, query, nowMs }: ServiceExchange): Found {
  const mailbox = context.mail.find(params.mailbox ?? '');
  const items = mailbox === undefined ? undefined : service.items(mailbox);
  const session = items?.uploads.get(params.session ?? '');
  if (mailbox === undefined || items === undefined || session === undefined || session.expiresAtMs <= nowMs)
    throw new GraphError(404, 'ErrorItemNotFound', 'The upload session is over or was never there.');
  if (query.get('authtoken') !== session.authToken)
    throw new GraphError(401, 'InvalidAuthenticationToken', 'The upload URL carries no good authtoken.');
  return { mailbox, items, session };
}

async function put(exchange: ServiceExchange): Promise<GraphReply> {
  const { mailbox, items, session } = found(exchange);
  const bytes = exchange.bytes();
  if (bytes.length > exchange.service.profile.attachments.sliceMaxBytes)
    throw new GraphError(413, 'ErrorRequestEntityTooLarge', 'A range of an upload can have 4 MB at most.');
  const [, from, to, total] =
    /^bytes (\d+)-(\d+)\/(\d+)$/.exec(exchange.headers.get('content-range') ?? '') ?? [];
  if (
    Number(from) !== session.receivedBytes ||
    Number(to) - Number(from) + 1 !== bytes.length ||
    Number(total) !== session.sizeBytes ||
    bytes.length === 0
  )
    throw new GraphError(
      416,
      'invalidRange',
      `The next range begins at ${session.receivedBytes} of ${session.sizeBytes} bytes, and has as many as its Content-Range says.`,
    );
  // The memory of a request is not the session's to keep.
  session.pieces.push(Uint8Array.from(bytes));
  session.receivedBytes += bytes.length;
  if (session.receivedBytes < session.sizeBytes) return { status: 200, body: state(session) };

  items.uploads.delete(session.id);
  const place = mailbox.find(session.messageId);
  if (place === undefined) throw itemNotFound();
  const { name, contentType, isInline, contentId, pieces } = session;
  const { context, nowMs, prefer, url } = exchange;
  const editing = { context, nowMs, prefer, mailbox, items };
  const added = await addAttachment(editing, place, {
    ...{ kind: 'file' as const, name, contentType, isInline, contentId },
    bytes: Buffer.concat(pieces),
  });
  const id = attachmentIdOf(editing, added.place, added.name);
  const owner = encodeURIComponent(mailbox.address);
  return {
    status: 201,
    headers: {
      Location: `${url.origin}/v1.0/users/${owner}/messages/${encodeURIComponent(messageIdOf(added.place, prefer.immutableId))}/attachments/${encodeURIComponent(id)}`,
    },
  };
}

function get(exchange: ServiceExchange): GraphReply {
  return { status: 200, body: state(found(exchange).session) };
}

function cancel(exchange: ServiceExchange): GraphReply {
  const { items, session } = found(exchange);
  items.uploads.delete(session.id);
  return { status: 204 };
}

function owner(
  { context, items }: GraphService,
  params: Readonly<Record<string, string>>,
): { token: AccessToken; mailbox: Mailbox } | undefined {
  const mailbox = context.mail.find(params.mailbox ?? '');
  const session = mailbox && items(mailbox).uploads.get(params.session ?? '');
  return mailbox && session && { token: session.token, mailbox };
}

const path = `${root}/:mailbox/:session`;

/** Large attachments (graph/outlook-large-attachments): a session, then its ranges in order, to a URL that needs no token. */
export const uploadRoutes: readonly GraphRoute[] = [
  {
    method: 'POST',
    path: '/messages/:id/attachments/createUploadSession',
    operation: 'POST /messages/{id}/attachments/createUploadSession',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    handle: create,
  },
  {
    scope: 'open',
    method: 'PUT',
    path,
    operation: 'PUT {uploadUrl}',
    owner,
    effect: 'lasting',
    handle: put,
  },
  { scope: 'open', method: 'GET', path, operation: 'GET {uploadUrl}', owner, handle: get },
  {
    scope: 'open',
    method: 'DELETE',
    path,
    operation: 'DELETE {uploadUrl}',
    owner,
    effect: 'lasting',
    handle: cancel,
  },
];
