import { standardFolders } from '../../mailbox/folder.ts';
import type { Place } from '../../mailbox/mailbox.ts';
import { composeMessage } from '../../mime/compose-message.ts';
import type { MessageContent } from '../../mime/message-content.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import { itemNotFound } from '../ids.ts';
import type { ItemState } from '../items/item-state.ts';

/** Files a new draft. */
export function fileDraft(
  { context, mailbox, items }: GraphExchange,
  raw: Buffer,
  options: { readonly folder?: string; readonly state?: ItemState; readonly flags?: readonly string[] } = {},
): Place {
  const { folder = standardFolders.drafts, state, flags = [] } = options;
  const { id } = context.mail.deliver(mailbox, {
    raw,
    envelopeFrom: mailbox.address,
    folder,
    flags: ['\\Draft', '\\Seen', ...flags],
  });
  if (state !== undefined) items.prepare(id, state);
  const place = mailbox.find(id);
  if (place === undefined) throw itemNotFound();
  return place;
}

/** Puts an edited draft in the place of what it was. */
export async function rewriteDraft(
  { mailbox, items, nowMs }: Pick<GraphExchange, 'mailbox' | 'items' | 'nowMs'>,
  messageId: string,
  content: MessageContent,
  state: ItemState,
): Promise<Place> {
  const raw = await composeMessage({ ...content, dateMs: content.dateMs ?? nowMs });
  // It may be sent or gone by now, or be another: whoever comes last is right.
  if (mailbox.find(messageId) === undefined) throw itemNotFound();
  items.prepare(messageId, state);
  mailbox.replace(messageId, raw);
  const place = mailbox.find(messageId);
  if (place === undefined) throw itemNotFound();
  return place;
}
