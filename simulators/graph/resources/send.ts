import type { Place } from '../../mailbox/mailbox.ts';
import { composeMessage } from '../../mime/compose-message.ts';
import type { MessageContent } from '../../mime/message-content.ts';
import { withoutField } from '../../mime/without-field.ts';
import { mailDate } from '../../submission/mail-date.ts';
import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute } from '../graph-route.ts';
import { plainItem } from '../items/item-state.ts';
import { checkIfMatch } from '../rendering/change-key.ts';
import { type Json, jsonObject, objectIn, textIn } from '../sending/json-reader.ts';
import { applyMessageJson, listIn, recipientFrom } from '../sending/message-json.ts';
import { isMime, mimeBody } from '../sending/mime-body.ts';
import { newContent } from '../sending/new-content.ts';
import { type ReplyKind, replyContent, withComment } from '../sending/reply-content.ts';
import { sendMessage } from '../sending/send-message.ts';
import { answerMessage } from './answer-message.ts';
import { fileDraft } from './create-draft.ts';
import { messagePlace } from './message-place.ts';

/** graph/api/user-sendmail: a message that is no draft before. */
async function sendMail(exchange: GraphExchange): Promise<GraphReply> {
  if (isMime(exchange.headers))
    return sendMessage(exchange, {
      raw: completed(exchange, mimeBody(exchange.bytes())),
      saveToSentItems: true,
    });
  const json = lowerFirst(jsonObject(exchange));
  const message = objectIn(json, 'message');
  if (message === undefined)
    throw new GraphError(400, 'ErrorInvalidRequest', "The parameter 'Message' is missing.");
  const { content } = applyMessageJson(message, newContent(exchange), plainItem);
  return sendMessage(exchange, {
    raw: await composeMessage(content),
    saveToSentItems: json.saveToSentItems !== false && json.saveToSentItems !== 'false',
  });
}

/** graph/api/message-send. */
function sendDraft(exchange: GraphExchange): GraphReply {
  const { folder, entry } = messagePlace(exchange);
  checkIfMatch(exchange.headers, { folder, entry });
  const { message, flags } = entry;
  if (!flags.includes('\\Draft'))
    throw new GraphError(400, 'ErrorInvalidRequest', 'The message is no draft and cannot be sent again.');
  const raw = completed(exchange, dated(message.raw, exchange.nowMs));
  return sendMessage(exchange, { raw, saveToSentItems: true, draft: message.id });
}

/** The date of a message is when it was sent, not when it was drafted. */
function dated(raw: Buffer, nowMs: number): Buffer {
  return Buffer.concat([Buffer.from(`Date: ${mailDate(nowMs)}\r\n`), withoutField(raw, 'date')]);
}

/** What the service adds to a message that is sent without it: an author, a date, an id. */
function completed({ mailbox, items, nowMs }: GraphExchange, raw: Buffer): Buffer {
  const { address } = mailbox;
  const added = [
    ...(has(raw, 'from') ? [] : [`From: <${address}>\r\n`]),
    ...(has(raw, 'date') ? [] : [`Date: ${mailDate(nowMs)}\r\n`]),
    ...(has(raw, 'message-id')
      ? []
      : [`Message-ID: <${items.uuid('message-id')}@${address.slice(address.lastIndexOf('@') + 1)}>\r\n`]),
  ];
  return added.length === 0 ? raw : Buffer.concat([Buffer.from(added.join('')), raw]);
}

function has(raw: Buffer, field: string): boolean {
  return withoutField(raw, field) !== raw;
}

/** The reply or forward a request describes, with its comment or its own body. */
function contentAsked(exchange: GraphExchange, kind: ReplyKind, place: Place): MessageContent {
  const json = lowerFirst(jsonObject(exchange));
  const message = objectIn(json, 'message') ?? {};
  const comment = textIn(json, 'comment') ?? '';
  if (comment !== '' && message.body !== undefined)
    throw new GraphError(
      400,
      'ErrorInvalidRequest',
      'A comment and the body of the message cannot both be given.',
    );
  const base = replyContent(kind, place, exchange.mailbox, newContent(exchange));
  const { content } = applyMessageJson(message, base, plainItem);
  const to = listIn(json, 'toRecipients').map(recipientFrom);
  return withComment({ ...content, ...(to.length > 0 && { to }) }, comment);
}

async function answerTo(exchange: GraphExchange, kind: ReplyKind): Promise<GraphReply> {
  const place = messagePlace(exchange);
  const raw = isMime(exchange.headers)
    ? completed(exchange, mimeBody(exchange.bytes()))
    : await composeMessage(contentAsked(exchange, kind, place));
  return sendMessage(exchange, { raw, saveToSentItems: true });
}

async function draftAnswerTo(exchange: GraphExchange, kind: ReplyKind): Promise<GraphReply> {
  const place = messagePlace(exchange);
  const raw = isMime(exchange.headers)
    ? mimeBody(exchange.bytes())
    : await composeMessage(contentAsked(exchange, kind, place));
  return answerMessage(exchange, fileDraft(exchange, raw), 201);
}

/** Actions take their parameters with either first letter (`Message`, `message`). */
function lowerFirst(json: Json): Json {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
}

const kinds: readonly ReplyKind[] = ['reply', 'replyAll', 'forward'];

/** Everything that sends, and the drafts of answers. */
export const sendRoutes: readonly GraphRoute[] = [
  {
    method: 'POST',
    path: '/sendMail',
    operation: 'POST /sendMail',
    needs: 'Mail.Send',
    effect: 'lasting',
    handle: sendMail,
  },
  {
    method: 'POST',
    path: '/messages/:id/send',
    operation: 'POST /messages/{id}/send',
    needs: 'Mail.Send',
    effect: 'lasting',
    handle: sendDraft,
  },
  ...kinds.flatMap((kind): GraphRoute[] => {
    const create = `create${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    return [
      {
        method: 'POST',
        path: `/messages/:id/${kind}`,
        operation: `POST /messages/{id}/${kind}`,
        needs: 'Mail.Send',
        effect: 'lasting',
        handle: (exchange) => answerTo(exchange, kind),
      },
      {
        method: 'POST',
        path: `/messages/:id/${create}`,
        operation: `POST /messages/{id}/${create}`,
        needs: 'Mail.ReadWrite',
        effect: 'lasting',
        handle: (exchange) => draftAnswerTo(exchange, kind),
      },
    ];
  }),
];
