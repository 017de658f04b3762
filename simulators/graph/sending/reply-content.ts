import type { Mailbox, Place } from '../../mailbox/mailbox.ts';
import type { MessageContent } from '../../mime/message-content.ts';
import { ReadMessage } from '../../mime/read-message.ts';

export type ReplyKind = 'reply' | 'replyAll' | 'forward';

/** A reply to a message or a forward of it, before its author says anything (graph/api/message-createreply). */
export function replyContent(
  kind: ReplyKind,
  place: Place,
  mailbox: Mailbox,
  empty: MessageContent,
): MessageContent {
  const read = new ReadMessage(place.entry.message.raw);
  const subject = (read.text('subject') ?? '').replace(/^(?:(?:re|fwd?|aw|wg):\s*)+/i, '');
  const own = mailbox.address.toLowerCase();
  const others = <T extends { address: string }>(parties: readonly T[]): T[] =>
    parties.filter(({ address }) => address.toLowerCase() !== own);
  const asked = read.addresses('reply-to');
  const author = asked.length > 0 ? asked : read.addresses('from');
  const { messageId } = read;
  const references = [read.field('references') ?? read.field('in-reply-to'), messageId]
    .filter((each) => each !== undefined)
    .join(' ');
  const forward = kind === 'forward';
  return {
    ...empty,
    subject: `${forward ? 'FW' : 'RE'}: ${subject}`,
    to: forward ? [] : kind === 'reply' ? author : [...author, ...others(read.addresses('to'))],
    cc: kind === 'replyAll' ? others(read.addresses('cc')) : [],
    body: { type: 'html', content: quoted(read) },
    ...(!forward && { inReplyTo: messageId }),
    ...(references !== '' && { references }),
    attachments: forward ? read.attachments : [],
  };
}

/** A comment above the message that is quoted. */
export function withComment(content: MessageContent, comment: string): MessageContent {
  if (comment === '') return content;
  return {
    ...content,
    body: { type: 'html', content: `<div>${escaped(comment)}</div>${content.body.content}` },
  };
}

function quoted(read: ReadMessage): string {
  const [from] = read.addresses('from');
  const { type, content } = read.body;
  const body = type === 'html' ? content : `<div class="PlainText">${escaped(content)}</div>`;
  const author = from === undefined ? '' : escaped(`${from.name} <${from.address}>`);
  return `<hr><div><b>From:</b> ${author}<br><b>Subject:</b> ${escaped(read.text('subject') ?? '')}</div><br>${body}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\r?\n/g, '<br>');
}
