import type { Place } from '../../mailbox/mailbox.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import { type Resource, valueAt } from '../odata/resource.ts';
import type { Searchable } from '../odata/search-terms.ts';
import { attachmentsOf } from '../rendering/render-attachment.ts';
import { renderMessage } from '../rendering/render-message.ts';

const searched = [
  'subject',
  'body',
  'from',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'hasAttachments',
  'importance',
  'isRead',
];

/** What a search sees of a message. */
export function searchable(exchange: GraphExchange, place: Place): Searchable {
  const message = renderMessage(exchange, place, searched);
  const { receivedAtMs, sizeBytes } = place.entry.message;
  return {
    subject: textAt(message, ['subject']),
    // Tags of HTML bodies are no words.
    body: textAt(message, ['body', 'content']).replace(/<[^>]*>/g, ' '),
    from: peopleIn([message.from]),
    to: peopleIn(message.toRecipients),
    cc: peopleIn(message.ccRecipients),
    bcc: peopleIn(message.bccRecipients),
    attachments: attachmentsOf(exchange, place).map(({ attachment }) => attachment.name),
    hasAttachments: message.hasAttachments === true,
    importance: textAt(message, ['importance']),
    isRead: message.isRead === true,
    receivedAtMs,
    sizeBytes,
  };
}

function peopleIn(recipients: unknown): readonly string[] {
  if (!Array.isArray(recipients)) return [];
  return recipients.flatMap((recipient: unknown) => [
    textAt(recipient, ['emailAddress', 'name']),
    textAt(recipient, ['emailAddress', 'address']),
  ]);
}

function textAt(value: unknown, path: readonly string[]): string {
  const text = valueAt(value as Resource, path); // valueAt looks before it reads.
  return typeof text === 'string' ? text : '';
}
