import { standardFolders } from '../../mailbox/folder.ts';
import type { Place } from '../../mailbox/mailbox.ts';
import { composeMessage } from '../../mime/compose-message.ts';
import { contentOf } from '../../mime/message-content.ts';
import { folderNamed } from '../folder-named.ts';
import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute, MailboxRoute } from '../graph-route.ts';
import { itemNotFound } from '../ids.ts';
import { plainItem } from '../items/item-state.ts';
import { checkIfMatch } from '../rendering/change-key.ts';
import { readRecent } from '../rendering/read-recent.ts';
import { jsonObject, textIn } from '../sending/json-reader.ts';
import { applyMessageJson } from '../sending/message-json.ts';
import { isMime, mimeBody } from '../sending/mime-body.ts';
import { newContent } from '../sending/new-content.ts';
import { answerMessage } from './answer-message.ts';
import { fileDraft, rewriteDraft } from './create-draft.ts';
import { messagePlace } from './message-place.ts';

const noContent: GraphReply = { status: 204 };

async function create(exchange: GraphExchange): Promise<GraphReply> {
  const { params, mailbox, headers } = exchange;
  const folder = folderNamed(mailbox, params.folder ?? 'drafts');
  if (folder === 'root') throw itemNotFound();
  if (isMime(headers))
    return answerMessage(
      exchange,
      fileDraft(exchange, mimeBody(exchange.bytes()), { folder: folder.name }),
      201,
    );
  const edit = applyMessageJson(jsonObject(exchange), newContent(exchange), plainItem);
  const raw = await composeMessage(edit.content);
  const flags = edit.flagged === true ? ['\\Flagged'] : [];
  return answerMessage(
    exchange,
    fileDraft(exchange, raw, { folder: folder.name, state: edit.state, flags }),
    201,
  );
}

async function update(exchange: GraphExchange): Promise<GraphReply> {
  const { mailbox, items, headers } = exchange;
  const place = messagePlace(exchange);
  checkIfMatch(headers, place);
  const { message, flags } = place.entry;
  const before = contentOf(readRecent(message.raw), `<${message.id}@${mailbox.address.split('@')[1] ?? ''}>`);
  const state = items.of(message.id);
  const edit = applyMessageJson(jsonObject(exchange), before, state);
  const isDraft = flags.includes('\\Draft');
  if (edit.changesContent && !isDraft)
    throw new GraphError(
      400,
      'ErrorInvalidPropertySet',
      'The property can be set only while the message is a draft.',
    );
  const wanted = flagsAfter(flags, edit.isRead, edit.flagged);
  if (edit.changesContent || (isDraft && edit.content.importance !== before.importance))
    await rewriteDraft(exchange, place, edit.content, edit.state);
  else if (JSON.stringify(told(edit.state)) !== JSON.stringify(told(state)))
    items.set(message.id, edit.state);
  if (wanted.join() !== flags.join()) mailbox.setFlags(message.id, wanted);
  return answerMessage(exchange, stillThere(exchange, message.id));
}

/** What of a state can be compared. */
function told(state: ReturnType<GraphExchange['items']['of']>): object {
  return { ...state, extended: [...state.extended] };
}

function flagsAfter(
  flags: readonly string[],
  isRead: boolean | undefined,
  flagged: boolean | undefined,
): readonly string[] {
  let wanted = flags;
  for (const [flag, on] of [
    ['\\Seen', isRead],
    ['\\Flagged', flagged],
  ] as const) {
    if (on === undefined || on === wanted.includes(flag)) continue;
    wanted = on ? [...wanted, flag] : wanted.filter((each) => each !== flag);
  }
  return wanted;
}

/** To Deleted Items; from there, and with `permanentDelete`, away for good. */
function remove(exchange: GraphExchange): GraphReply {
  const { mailbox, headers } = exchange;
  const { folder, entry } = messagePlace(exchange);
  checkIfMatch(headers, { folder, entry });
  const trash = mailbox.role('trash');
  let at: typeof folder | undefined = folder;
  while (at !== undefined && at !== trash) at = at.parent;
  if (at === trash) mailbox.remove([entry.message.id], 'graph');
  else mailbox.move(entry.message.id, standardFolders.trash);
  return noContent;
}

function removeForGood(exchange: GraphExchange): GraphReply {
  exchange.mailbox.remove([messagePlace(exchange).entry.message.id], 'graph');
  return noContent;
}

function destination(exchange: GraphExchange): string {
  const id = textIn(jsonObject(exchange), 'destinationId') ?? textIn(jsonObject(exchange), 'DestinationId');
  if (id === undefined)
    throw new GraphError(400, 'ErrorInvalidRequest', 'The parameter DestinationId is missing.');
  const folder = folderNamed(exchange.mailbox, id);
  if (folder === 'root')
    throw new GraphError(400, 'ErrorMoveCopyFailed', 'The move or copy operation failed.');
  return folder.name;
}

function move(exchange: GraphExchange): GraphReply {
  const { id } = messagePlace(exchange).entry.message;
  exchange.mailbox.move(id, destination(exchange));
  return answerMessage(exchange, stillThere(exchange, id), 201);
}

function copy(exchange: GraphExchange): GraphReply {
  const { mailbox, items } = exchange;
  const { id } = messagePlace(exchange).entry.message;
  const entry = mailbox.copy(id, destination(exchange));
  items.prepare(entry.message.id, items.of(id));
  return answerMessage(exchange, stillThere(exchange, entry.message.id), 201);
}

function stillThere({ mailbox }: GraphExchange, id: string): Place {
  const place = mailbox.find(id);
  if (place === undefined) throw itemNotFound();
  return place;
}

/** The message as it came, or as another door would send it. */
function value(exchange: GraphExchange): GraphReply {
  const { raw } = messagePlace(exchange).entry.message;
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: raw };
}

type Row = Pick<MailboxRoute, 'method' | 'needs' | 'effect' | 'note' | 'handle'> & { readonly path: string };

/** Operations on one message, found by its id alone or within a folder. */
const ofOne: readonly Row[] = [
  {
    method: 'GET',
    path: '',
    needs: 'Mail.Read',
    handle: (exchange) => answerMessage(exchange, messagePlace(exchange)),
  },
  { method: 'GET', path: '/$value', needs: 'Mail.Read', handle: value },
  {
    method: 'PATCH',
    path: '',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    note: 'content of drafts only; isRead, flag, categories, importance, extended properties of all',
    handle: update,
  },
  {
    method: 'DELETE',
    path: '',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    note: 'to Deleted Items, from there for good',
    handle: remove,
  },
  { method: 'POST', path: '/move', needs: 'Mail.ReadWrite', effect: 'lasting', handle: move },
  { method: 'POST', path: '/copy', needs: 'Mail.ReadWrite', effect: 'lasting', handle: copy },
  {
    method: 'POST',
    path: '/permanentDelete',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    handle: removeForGood,
  },
];

/** Messages one by one (graph/api/resources/message). Lists of them are beside OData. */
export const messageRoutes: readonly GraphRoute[] = [
  ...ofOne.flatMap((row) => [
    {
      ...row,
      path: `/messages/:id${row.path}`,
      operation: `${row.method} /messages/{id}${row.path}`,
    },
    {
      ...row,
      path: `/mailFolders/:folder/messages/:id${row.path}`,
      operation: `${row.method} /mailFolders/{id}/messages/{id}${row.path}`,
    },
  ]),
  {
    method: 'POST',
    path: '/messages',
    operation: 'POST /messages',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    handle: create,
  },
  {
    method: 'POST',
    path: '/mailFolders/:folder/messages',
    operation: 'POST /mailFolders/{id}/messages',
    needs: 'Mail.ReadWrite',
    effect: 'lasting',
    handle: create,
  },
];
