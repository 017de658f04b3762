import type { NamedAddress } from './address-list.ts';
import type { ReadAttachment, ReadBody, ReadMessage } from './read-message.ts';

/** A message as its author sees it, to be edited and composed. */
export interface MessageContent {
  readonly from: NamedAddress | undefined;
  readonly sender?: NamedAddress | undefined;
  readonly to: readonly NamedAddress[];
  readonly cc: readonly NamedAddress[];
  readonly bcc: readonly NamedAddress[];
  readonly replyTo: readonly NamedAddress[];
  readonly subject: string;
  readonly body: ReadBody;
  /** With angle brackets. */
  readonly messageId: string;
  readonly dateMs: number | undefined;
  readonly importance: 'low' | 'normal' | 'high';
  readonly inReplyTo?: string | undefined;
  readonly references?: string | undefined;
  readonly wantsReadReceipt: boolean;
  readonly wantsDeliveryReceipt: boolean;
  /** Fields of the author's own: `X-…`. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly attachments: readonly ReadAttachment[];
}

/** A message that was read, as content to be changed. `messageId` stands in where it has none. */
export function contentOf(read: ReadMessage, messageId: string): MessageContent {
  const [sender] = read.addresses('sender');
  return {
    from: read.addresses('from')[0],
    ...(sender && { sender }),
    to: read.addresses('to'),
    cc: read.addresses('cc'),
    bcc: read.addresses('bcc'),
    replyTo: read.addresses('reply-to'),
    subject: read.text('subject') ?? '',
    body: read.body,
    messageId: read.messageId ?? messageId,
    dateMs: read.dateMs,
    importance: read.importance,
    inReplyTo: read.field('in-reply-to'),
    references: read.field('references'),
    wantsReadReceipt: read.field('disposition-notification-to') !== undefined,
    wantsDeliveryReceipt: read.field('return-receipt-to') !== undefined,
    headers: read.fields.filter(({ name }) => /^x-/i.test(name) && !/^x-priority$/i.test(name)),
    attachments: read.attachments,
  };
}
