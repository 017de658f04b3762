import type { MessageContent } from '../../mime/message-content.ts';
import type { GraphExchange } from '../graph-exchange.ts';

/** An empty message of this mailbox, with an id of its own. */
export function newContent({ mailbox, items, nowMs }: GraphExchange): MessageContent {
  const { address } = mailbox;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return {
    from: { name: '', address },
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    subject: '',
    body: { type: 'text', content: '' },
    messageId: `<${items.uuid('message-id')}@${domain}>`,
    dateMs: nowMs,
    importance: 'normal',
    wantsReadReceipt: false,
    wantsDeliveryReceipt: false,
    headers: [],
    attachments: [],
  };
}
