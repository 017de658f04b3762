import type { Mailbox, Place } from '../mailbox/mailbox.ts';
import { GraphError } from './graph-error.ts';

/**
 * Ids as Graph hands them out (graph/outlook-immutable-id). The default id of a message says where the message is, and
 * dies when it moves; the immutable one says which message it is. Folders have one id in either form. All are
 * case-sensitive and safe in a URL.
 */
const prefixes = { folder: 'AQMkA', message: 'AAMkA', immutable: 'AAkAL' } as const;

export type DecodedId =
  | { readonly kind: 'folder'; readonly folderId: string }
  | { readonly kind: 'message'; readonly folderId: string; readonly messageId: string }
  | { readonly kind: 'immutable'; readonly messageId: string };

export function folderIdOf(folderId: string): string {
  return encoded('folder', folderId);
}

/** The folder above all others, which holds no mail. */
export function rootFolderIdOf(mailbox: Mailbox): string {
  return folderIdOf(rootOf(mailbox));
}

export function isRootFolder(mailbox: Mailbox, folderId: string): boolean {
  return folderId === rootOf(mailbox);
}

/** The id of a message in the form that was asked for. */
export function messageIdOf({ folder, entry }: Place, immutable: boolean): string {
  return messageIdIn(folder.id, entry.message.id, immutable);
}

/** The id of a message that is or was in a folder. */
export function messageIdIn(folderId: string, messageId: string, immutable: boolean): string {
  return immutable ? encoded('immutable', messageId) : encoded('message', `${folderId}/${messageId}`);
}

/** Takes an id apart, in whatever form it is. Throws `GraphError` 400 for what was never an id. */
export function decodeId(id: string): DecodedId {
  const prefix = id.slice(0, 5);
  const text = Buffer.from(id.slice(5), 'base64url').toString('latin1');
  const [kind] = Object.entries(prefixes).find(([, each]) => each === prefix) ?? [];
  const [first = '', second] = text.split('/');
  const decoded: DecodedId | undefined =
    kind === 'folder'
      ? { kind, folderId: text }
      : kind === 'immutable'
        ? { kind, messageId: text }
        : kind === 'message' && second !== undefined
          ? { kind, folderId: first, messageId: second }
          : undefined;
  if (decoded === undefined || !/^[A-Za-z0-9/-]+$/.test(text)) throw malformedId();
  return decoded;
}

/** Where the message is that an id names. Throws `GraphError` 404 when it is nowhere, or not where the id says. */
export function placeOf(mailbox: Mailbox, id: string): Place {
  const decoded = decodeId(id);
  if (decoded.kind === 'folder') throw malformedId();
  const place = mailbox.find(decoded.messageId);
  if (place === undefined || (decoded.kind === 'message' && decoded.folderId !== place.folder.id))
    throw itemNotFound();
  return place;
}

export function itemNotFound(): GraphError {
  return new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
}

export function malformedId(): GraphError {
  return new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');
}

function rootOf(mailbox: Mailbox): string {
  return `${mailbox.inbox.id}-root`;
}

function encoded(kind: keyof typeof prefixes, text: string): string {
  const base64 = Buffer.from(text, 'latin1').toString('base64url');
  // Theirs are padded; clients have to live with it.
  return prefixes[kind] + base64 + '='.repeat(-base64.length & 3);
}
