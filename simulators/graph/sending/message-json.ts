import type { NamedAddress } from '../../mime/address-list.ts';
import type { MessageContent } from '../../mime/message-content.ts';
import { GraphError } from '../graph-error.ts';
import { extendedPropertyId } from '../items/extended-property-id.ts';
import type { ItemState } from '../items/item-state.ts';
import { attachmentFromJson } from './attachment-json.ts';
import { type Json, objectIn, textIn } from './json-reader.ts';

/** What a message in JSON says, of its content and of what Graph keeps beside it. */
export interface MessageEdit {
  readonly content: MessageContent;
  readonly state: ItemState;
  readonly isRead: boolean | undefined;
  readonly flagged: boolean | undefined;
  /** Something of the content itself was set. */
  readonly changesContent: boolean;
}

/** Properties that only a draft lets be changed (graph/api/message-update). */
const ofDrafts = [
  ...['subject', 'body', 'from', 'sender', 'toRecipients', 'ccRecipients', 'bccRecipients', 'replyTo'],
  ...['internetMessageId', 'internetMessageHeaders', 'isDeliveryReceiptRequested', 'isReadReceiptRequested'],
  'attachments',
] as const;

/** Names of MAPI properties that are fields of the header, by the spelling of `extendedPropertyId`. */
const headerProperties: Readonly<Record<string, 'inReplyTo' | 'references' | 'messageId'>> = {
  'string 0x1035': 'messageId',
  'string 0x1039': 'references',
  'string 0x1042': 'inReplyTo',
};

/**
 * Applies a message resource as a client sends it to what is there (graph/api/user-post-messages, message-update).
 * What is not named stays as it was. Throws `GraphError` 400 for values of the wrong kind.
 */
export function applyMessageJson(json: Json, before: MessageContent, state: ItemState): MessageEdit {
  const content: { -readonly [K in keyof MessageContent]: MessageContent[K] } = { ...before };
  const parties = (name: string): readonly NamedAddress[] => listIn(json, name).map(recipientFrom);
  if (name(json, 'subject')) content.subject = textIn(json, 'subject') ?? '';
  if (name(json, 'body')) content.body = bodyFrom(objectIn(json, 'body') ?? {});
  if (name(json, 'from')) content.from = recipientFrom(objectIn(json, 'from') ?? {});
  if (name(json, 'sender')) content.sender = recipientFrom(objectIn(json, 'sender') ?? {});
  if (name(json, 'toRecipients')) content.to = parties('toRecipients');
  if (name(json, 'ccRecipients')) content.cc = parties('ccRecipients');
  if (name(json, 'bccRecipients')) content.bcc = parties('bccRecipients');
  if (name(json, 'replyTo')) content.replyTo = parties('replyTo');
  if (name(json, 'internetMessageId'))
    content.messageId = textIn(json, 'internetMessageId') ?? before.messageId;
  if (name(json, 'isReadReceiptRequested'))
    content.wantsReadReceipt = truthIn(json, 'isReadReceiptRequested') ?? false;
  if (name(json, 'isDeliveryReceiptRequested'))
    content.wantsDeliveryReceipt = truthIn(json, 'isDeliveryReceiptRequested') ?? false;
  if (name(json, 'internetMessageHeaders'))
    content.headers = listIn(json, 'internetMessageHeaders').map(headerFrom);
  if (name(json, 'importance')) content.importance = importanceIn(json);
  if (name(json, 'attachments')) content.attachments = listIn(json, 'attachments').map(attachmentFromJson);

  const extended = new Map(state.extended);
  for (const property of listIn(json, 'singleValueExtendedProperties')) {
    const written = textIn(property, 'id') ?? '';
    const id = extendedPropertyId(written);
    const value = textIn(property, 'value') ?? '';
    const field = headerProperties[id];
    if (field === undefined) extended.set(id, { id: written, value });
    else content[field] = value;
  }
  const flag = objectIn(json, 'flag');
  const status = flag === undefined ? undefined : flagStatusIn(flag);
  const { startDateTime, dueDateTime } = flag ?? {};
  return {
    content,
    state: {
      ...state,
      extended,
      ...(name(json, 'categories') && { categories: textsIn(json, 'categories') }),
      ...(name(json, 'importance') && { importance: content.importance }),
      ...(name(json, 'inferenceClassification') && {
        inferenceClassification:
          textIn(json, 'inferenceClassification') === 'other' ? ('other' as const) : ('focused' as const),
      }),
      ...(status !== undefined && { flagComplete: status === 'complete' }),
      ...(isObject(startDateTime) && isObject(dueDateTime) && { flagDates: { startDateTime, dueDateTime } }),
    },
    isRead: truthIn(json, 'isRead'),
    flagged: status === undefined ? undefined : status === 'flagged',
    changesContent:
      ofDrafts.some((property) => name(json, property)) ||
      Object.values(headerProperties).some((field) => content[field] !== before[field]),
  };
}

/** A recipient resource. Throws `GraphError` 400 without an address object. */
export function recipientFrom(json: Json): NamedAddress {
  const emailAddress = objectIn(json, 'emailAddress');
  const address = emailAddress === undefined ? undefined : textIn(emailAddress, 'address');
  if (emailAddress === undefined || address === undefined)
    throw new GraphError(
      400,
      'ErrorInvalidRecipients',
      'At least one recipient is not valid., A recipient needs an emailAddress with an address.',
    );
  return { name: textIn(emailAddress, 'name') ?? '', address };
}

function bodyFrom(json: Json): MessageContent['body'] {
  const type = (textIn(json, 'contentType') ?? 'text').toLowerCase() === 'html' ? 'html' : 'text';
  return { type, content: textIn(json, 'content') ?? '' };
}

function headerFrom(json: Json): { name: string; value: string } {
  const header = textIn(json, 'name') ?? '';
  if (!/^x-[!-9;-~]+$/i.test(header))
    throw new GraphError(
      400,
      'InvalidInternetMessageHeader',
      `The internet message header name '${header}' should start with 'x-' or 'X-'.`,
    );
  return { name: header, value: (textIn(json, 'value') ?? '').replace(/[\r\n]+/g, ' ') };
}

function importanceIn(json: Json): 'low' | 'normal' | 'high' {
  const said = (textIn(json, 'importance') ?? 'normal').toLowerCase();
  if (said === 'low' || said === 'normal' || said === 'high') return said;
  throw wrongKind('importance');
}

function flagStatusIn(flag: Json): 'notFlagged' | 'flagged' | 'complete' {
  const said = textIn(flag, 'flagStatus');
  if (said === 'flagged' || said === 'complete' || said === 'notFlagged') return said;
  throw wrongKind('flag');
}

function truthIn(json: Json, property: string): boolean | undefined {
  const value = json[property];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrongKind(property);
  return value;
}

function textsIn(json: Json, property: string): readonly string[] {
  const value = json[property] ?? [];
  if (!Array.isArray(value)) throw wrongKind(property);
  return value.map((each: unknown) => {
    if (typeof each !== 'string') throw wrongKind(property);
    return each;
  });
}

/** The objects of a list; none where it is not named. */
export function listIn(json: Json, property: string): readonly Json[] {
  const value = json[property] ?? [];
  if (!Array.isArray(value)) throw wrongKind(property);
  return value.map((each: unknown) => {
    if (!isObject(each)) throw wrongKind(property);
    return each;
  });
}

function name(json: Json, property: string): boolean {
  return json[property] !== undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongKind(property: string): GraphError {
  return new GraphError(
    400,
    'RequestBodyRead',
    `Cannot convert the value of the property '${property}' to the type it has.`,
  );
}
