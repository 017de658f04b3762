import type { Folder } from '../../mailbox/folder.ts';
import { folderNamed } from '../folder-named.ts';
import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import type { GraphReply, GraphRoute, MailboxRoute } from '../graph-route.ts';
import { mailFolderType } from '../odata/mail-folder-type.ts';
import { contextUrl } from '../rendering/context-url.ts';
import { outlookNames, pathPart, renderFolder, renderRootFolder } from '../rendering/render-folder.ts';
import { jsonObject, textIn } from '../sending/json-reader.ts';
import { singleQuery } from './single-query.ts';

const noContent: GraphReply = { status: 204 };

function answer(exchange: GraphExchange, folder: Folder | 'root', status = 200): GraphReply {
  const { select } = singleQuery(exchange.query, mailFolderType);
  return {
    status,
    body: {
      '@odata.context': contextUrl(exchange, 'mailFolders/$entity'),
      ...(folder === 'root' ? renderRootFolder(exchange, select) : renderFolder(exchange, folder, select)),
    },
  };
}

function get(exchange: GraphExchange): GraphReply {
  return answer(exchange, folderNamed(exchange.mailbox, exchange.params.id ?? ''));
}

/** Below a folder, or beside the standard ones. */
function create(exchange: GraphExchange): GraphReply {
  const { mailbox, params } = exchange;
  const above = folderNamed(mailbox, params.id ?? 'msgfolderroot');
  const name = displayName(exchange);
  const path = below(above, name);
  refuseTaken(exchange, above, name);
  return answer(exchange, mailbox.createFolder(path), 201);
}

function update(exchange: GraphExchange): GraphReply {
  const { mailbox } = exchange;
  const folder = movable(exchange);
  const name = displayName(exchange);
  const above = folder.parent ?? 'root';
  if (name !== folder.displayName) {
    refuseTaken(exchange, above, name);
    mailbox.renameFolder(folder, below(above, name));
  }
  return answer(exchange, folder);
}

/** To Deleted Items, with all that is in it; from there away for good. */
function remove(exchange: GraphExchange): GraphReply {
  const { mailbox } = exchange;
  const folder = movable(exchange);
  const trash = mailbox.role('trash');
  if (isWithin(folder, trash)) mailbox.deleteFolder(folder, 'graph');
  else mailbox.renameFolder(folder, below(trash, freeName(exchange, trash, folder.displayName)));
  return noContent;
}

function removeForGood(exchange: GraphExchange): GraphReply {
  exchange.mailbox.deleteFolder(movable(exchange), 'graph');
  return noContent;
}

function move(exchange: GraphExchange): GraphReply {
  const { mailbox } = exchange;
  const folder = movable(exchange);
  const above = destination(exchange);
  if (above !== 'root' && isWithin(above, folder))
    throw new GraphError(400, 'ErrorMoveCopyFailed', 'The move or copy operation failed.');
  if (above !== (folder.parent ?? 'root')) {
    refuseTaken(exchange, above, folder.displayName);
    mailbox.renameFolder(folder, below(above, folder.displayName));
  }
  return answer(exchange, folder, 201);
}

function copy(exchange: GraphExchange): GraphReply {
  const { mailbox, params } = exchange;
  const folder = folderNamed(mailbox, params.id ?? '');
  const above = destination(exchange);
  if (folder === 'root' || (above !== 'root' && isWithin(above, folder)))
    throw new GraphError(400, 'ErrorMoveCopyFailed', 'The move or copy operation failed.');
  refuseTaken(exchange, above, shownName(folder));
  return answer(exchange, copyInto(exchange, folder, above), 201);
}

function copyInto(exchange: GraphExchange, folder: Folder, above: Folder | 'root'): Folder {
  const { mailbox, items } = exchange;
  const made = mailbox.createFolder(below(above, shownName(folder)));
  for (const { message } of [...folder.entries]) {
    const entry = mailbox.copy(message.id, made.name);
    items.prepare(entry.message.id, items.of(message.id));
  }
  for (const child of mailbox.folders) if (child.parent === folder) copyInto(exchange, child, made);
  return made;
}

function destination(exchange: GraphExchange): Folder | 'root' {
  const json = jsonObject(exchange);
  const id = textIn(json, 'destinationId') ?? textIn(json, 'DestinationId');
  if (id === undefined)
    throw new GraphError(400, 'ErrorInvalidRequest', 'The parameter DestinationId is missing.');
  return folderNamed(exchange.mailbox, id);
}

/** The folder of the path. Throws `GraphError` 403 for one that every mailbox has. */
function movable({ mailbox, params }: GraphExchange): Folder {
  const folder = folderNamed(mailbox, params.id ?? '');
  if (folder !== 'root' && folder.role === undefined) return folder;
  throw new GraphError(
    403,
    'ErrorDeleteDistinguishedFolder',
    'Distinguished folders cannot be renamed, moved or deleted.',
  );
}

function displayName(exchange: GraphExchange): string {
  const name = textIn(jsonObject(exchange), 'displayName')?.trim();
  if (name === undefined || name === '')
    throw new GraphError(400, 'ErrorFolderPropertyValidation', 'A folder needs a displayName.');
  return pathPart(name);
}

function refuseTaken(exchange: GraphExchange, above: Folder | 'root', name: string): void {
  if (isTaken(exchange, above, name))
    throw new GraphError(409, 'ErrorFolderExists', 'A folder with the specified name already exists.');
}

function isTaken({ mailbox }: GraphExchange, above: Folder | 'root', name: string): boolean {
  const parent = above === 'root' ? undefined : above;
  const wanted = name.toLowerCase();
  return mailbox.folders.some(
    (folder) =>
      folder.parent === parent &&
      (folder.displayName.toLowerCase() === wanted || shownName(folder).toLowerCase() === wanted),
  );
}

/** A name nobody has there: itself, else with a number behind it. */
function freeName(exchange: GraphExchange, above: Folder, name: string): string {
  for (let n = 0; ; n += 1) {
    const candidate = n === 0 ? name : `${name}${n}`;
    if (!isTaken(exchange, above, candidate)) return candidate;
  }
}

function shownName(folder: Folder): string {
  return folder.role === undefined ? folder.displayName : outlookNames[folder.role];
}

function below(above: Folder | 'root', name: string): string {
  return above === 'root' ? name : `${above.name}/${name}`;
}

function isWithin(folder: Folder, above: Folder): boolean {
  for (let at: Folder | undefined = folder; at !== undefined; at = at.parent) if (at === above) return true;
  return false;
}

const row = (
  method: MailboxRoute['method'],
  path: string,
  handle: MailboxRoute['handle'],
  needs: MailboxRoute['needs'] = 'Mail.ReadWrite',
): MailboxRoute => ({
  method,
  path,
  operation: `${method} ${path.replace(/:\w+/g, '{id}')}`,
  needs,
  ...(method !== 'GET' && { effect: 'lasting' as const }),
  handle,
});

/** Mail folders one by one (graph/api/resources/mailfolder). Lists of them are beside OData. */
export const mailFolderRoutes: readonly GraphRoute[] = [
  row('GET', '/mailFolders/:id', get, 'Mail.Read'),
  row('POST', '/mailFolders', create),
  row('POST', '/mailFolders/:id/childFolders', create),
  row('PATCH', '/mailFolders/:id', update),
  row('DELETE', '/mailFolders/:id', remove),
  row('POST', '/mailFolders/:id/move', move),
  row('POST', '/mailFolders/:id/copy', copy),
  row('POST', '/mailFolders/:id/permanentDelete', removeForGood),
  row('GET', '/mailFolders/:parent/childFolders/:id', get, 'Mail.Read'),
  row('PATCH', '/mailFolders/:parent/childFolders/:id', update),
  row('DELETE', '/mailFolders/:parent/childFolders/:id', remove),
];
