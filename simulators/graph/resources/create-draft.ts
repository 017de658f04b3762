import { standardFolders } from '../../mailbox/folder.ts';
import type { Place } from '../../mailbox/mailbox.ts';
import { composeMessage } from '../../mime/compose-message.ts';
import type { MessageContent } from '../../mime/message-content.ts';
import { GraphError } from '../graph-error.ts';
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

/**
 * Puts an edited draft in the place of what it was. Throws `GraphError` 404 when it is gone by then, 409 when somebody
 * else was faster.
 */
export async function rewriteDraft(
  { mailbox, items, nowMs }: Pick<GraphExchange, 'mailbox' | 'items' | 'nowMs'>,
  { entry: before }: Place,
  content: MessageContent,
  state: ItemState,
): Promise<Place> {
  const { modSeq } = before;
  const raw = await composeMessage({ ...content, dateMs: content.dateMs ?? nowMs });
  const messageId = before.message.id;
  const there = mailbox.find(messageId)?.entry;
  if (there === undefined) throw itemNotFound();
  if (there !== before || there.modSeq !== modSeq)
    throw new GraphError(
      409,
      'ErrorIrresolvableConflict',
      'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
    );
  items.prepare(messageId, state);
  mailbox.replace(messageId, raw);
  const place = mailbox.find(messageId);
  if (place === undefined) throw itemNotFound();
  return place;
}
