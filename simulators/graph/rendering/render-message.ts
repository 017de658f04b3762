import { createHash } from 'node:crypto';
import type { Mailbox, Place } from '../../mailbox/mailbox.ts';
import type { NamedAddress } from '../../mime/address-list.ts';
import { decodeWords } from '../../mime/decode-words.ts';
import { htmlToText } from '../../mime/html-to-text.ts';
import type { ReadBody, ReadMessage } from '../../mime/read-message.ts';
import { folderIdOf, messageIdOf } from '../ids.ts';
import type { ItemState } from '../items/item-state.ts';
import type { MailboxItems } from '../items/mailbox-items.ts';
import { changeKeyOf, etagOf } from './change-key.ts';
import { isoSeconds } from './iso-seconds.ts';
import { readRecent } from './read-recent.ts';

/** What rendering needs of a request; a `GraphExchange` is one. */
export interface Asking {
  readonly mailbox: Mailbox;
  readonly items: MailboxItems;
  readonly prefer: { readonly immutableId: boolean; readonly bodyContentType: 'html' | 'text' | undefined };
}

interface Subject {
  readonly asking: Asking;
  readonly place: Place;
  readonly state: ItemState;
  readonly read: ReadMessage;
}

const flagOf = ({ place, state }: Subject): object => ({
  flagStatus: state.flagComplete
    ? 'complete'
    : place.entry.flags.includes('\\Flagged')
      ? 'flagged'
      : 'notFlagged',
  ...state.flagDates,
});

/** Each property of a message, and how it is found (graph/api/resources/message). In the order of Outlook's replies. */
const properties = {
  id: ({ asking, place }) => messageIdOf(place, asking.prefer.immutableId),
  createdDateTime: ({ place }) => isoSeconds(place.entry.message.receivedAtMs),
  lastModifiedDateTime: ({ asking, place: { entry } }) =>
    isoSeconds(asking.items.modifiedAtMs(entry.message.id, entry.message.receivedAtMs)),
  changeKey: ({ place }) => changeKeyOf(place),
  categories: ({ state }) => state.categories,
  receivedDateTime: ({ place }) => isoSeconds(place.entry.message.receivedAtMs),
  sentDateTime: ({ place, read }) => isoSeconds(read.dateMs ?? place.entry.message.receivedAtMs),
  hasAttachments: ({ read }) => read.attachments.some(({ isInline }) => !isInline),
  internetMessageId: ({ asking, place, read }) =>
    read.messageId ?? `<${place.entry.message.id}@${domainOf(asking.mailbox.address)}>`,
  subject: ({ read }) => read.text('subject') ?? '',
  bodyPreview: ({ read }) => read.preview,
  importance: ({ state, read }) => state.importance ?? read.importance,
  parentFolderId: ({ place }) => folderIdOf(place.folder.id),
  conversationId: ({ read }) => `AAQkA${digestOf(read.conversation).toString('base64url')}=`,
  conversationIndex: ({ read }) =>
    Buffer.concat([Buffer.from([1]), digestOf(read.conversation)]).toString('base64'),
  isDeliveryReceiptRequested: ({ read }) => read.field('return-receipt-to') !== undefined,
  isReadReceiptRequested: ({ read }) => read.field('disposition-notification-to') !== undefined,
  isRead: ({ place }) => place.entry.flags.includes('\\Seen'),
  isDraft: ({ place }) => place.entry.flags.includes('\\Draft'),
  webLink: ({ asking, place }) =>
    `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(messageIdOf(place, asking.prefer.immutableId))}&exvsurl=1&viewmodel=ReadMessageItem`,
  inferenceClassification: ({ state }) => state.inferenceClassification,
  body: ({ asking, read }) => bodyAs(read.body, asking.prefer.bodyContentType ?? 'html'),
  sender: ({ read }) => recipientOf(read.addresses('sender')[0] ?? read.addresses('from')[0]),
  from: ({ read }) => recipientOf(read.addresses('from')[0]),
  toRecipients: ({ read }) => read.addresses('to').map(recipientOf),
  ccRecipients: ({ read }) => read.addresses('cc').map(recipientOf),
  bccRecipients: ({ read }) => read.addresses('bcc').map(recipientOf),
  replyTo: ({ read }) => read.addresses('reply-to').map(recipientOf),
  flag: flagOf,
} as const satisfies Readonly<Record<string, (subject: Subject) => unknown>>;

/** Told only to those who select them. */
const onRequest = {
  internetMessageHeaders: ({ place, read }) =>
    place.entry.flags.includes('\\Draft')
      ? read.fields.filter(({ name }) => /^x-/i.test(name)).map(header)
      : read.fields.map(header),
  uniqueBody: ({ asking, read }) => bodyAs(read.body, asking.prefer.bodyContentType ?? 'html'),
} as const satisfies Readonly<Record<string, (subject: Subject) => unknown>>;

const always = Object.entries<(subject: Subject) => unknown>(properties);
const byName = new Map<string, (subject: Subject) => unknown>([...always, ...Object.entries(onRequest)]);

/**
 * A message as v1.0 gives it: all properties, or those of `fields`, spelled as the resource spells them. `id` and
 * `@odata.etag` are always there. Nothing that is not asked for is worked out.
 */
export function renderMessage(
  asking: Asking,
  place: Place,
  fields?: Iterable<string>,
): Record<string, unknown> {
  const { message } = place.entry;
  const subject: Subject = {
    asking,
    place,
    state: asking.items.of(message.id),
    read: readRecent(message.raw),
  };
  const rendered: Record<string, unknown> = { '@odata.etag': etagOf(place) };
  if (fields === undefined) {
    for (const [name, find] of always) rendered[name] = find(subject);
    return rendered;
  }
  rendered.id = properties.id(subject);
  for (const name of fields) {
    const find = byName.get(name);
    if (find !== undefined) rendered[name] = find(subject);
  }
  return rendered;
}

/** A body in the form that was asked for. */
function bodyAs({ type, content }: ReadBody, wanted: 'html' | 'text'): object {
  if (type === wanted) return { contentType: wanted, content };
  if (wanted === 'text') return { contentType: 'text', content: htmlToText(content) };
  return { contentType: 'html', content: plainAsHtml(content) };
}

function plainAsHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const lines = escaped.replace(/\r?\n/g, '<br>\r\n');
  return `<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body><div class="PlainText">${lines}</div></body></html>`;
}

function recipientOf(party: NamedAddress | undefined): object | undefined {
  if (party === undefined) return undefined;
  return { emailAddress: { name: party.name || party.address, address: party.address } };
}

function header({ name, value }: { readonly name: string; readonly value: string }): object {
  return { name, value: decodeWords(value) };
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, 16);
}
