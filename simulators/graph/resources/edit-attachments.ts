import type { Place } from '../../mailbox/mailbox.ts';
import { contentOf } from '../../mime/message-content.ts';
import type { ReadAttachment } from '../../mime/read-message.ts';
import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';
import { itemNotFound } from '../ids.ts';
import { readRecent } from '../rendering/read-recent.ts';
import { attachmentsOf, type PlacedAttachment } from '../rendering/render-attachment.ts';
import { rewriteDraft } from './create-draft.ts';

type Editing = Pick<GraphExchange, 'context' | 'mailbox' | 'items' | 'nowMs' | 'prefer'>;

/** Adds an attachment to a draft. Throws `GraphError` 400 for a message that is none. */
export async function addAttachment(
  exchange: Editing,
  place: Place,
  attachment: ReadAttachment,
): Promise<PlacedAttachment> {
  const before = attachmentsOf(exchange, place).map(({ name, attachment: each }) => ({ name, each }));
  const { nextAttachmentName } = exchange.items.of(place.entry.message.id);
  const name = nextAttachmentName ?? before.length;
  const now = await rewrite(exchange, place, [...before, { name, each: attachment }], name + 1);
  const added = attachmentsOf(exchange, now).find((each) => each.name === name);
  if (added === undefined) throw itemNotFound();
  return added;
}

/** Takes an attachment off a draft. Throws `GraphError` 400 for a message that is none. */
export async function removeAttachment(exchange: Editing, { place, name }: PlacedAttachment): Promise<void> {
  const before = attachmentsOf(exchange, place).map(({ name: each, attachment }) => ({
    name: each,
    each: attachment,
  }));
  const { nextAttachmentName } = exchange.items.of(place.entry.message.id);
  await rewrite(
    exchange,
    place,
    before.filter((each) => each.name !== name),
    nextAttachmentName ?? before.length,
  );
}

async function rewrite(
  exchange: Editing,
  place: Place,
  wanted: readonly { readonly name: number; readonly each: ReadAttachment }[],
  nextAttachmentName: number,
): Promise<Place> {
  const { message, flags } = place.entry;
  if (!flags.includes('\\Draft'))
    throw new GraphError(
      400,
      'ErrorInvalidRequest',
      'Attachments can be added and removed only while the message is a draft.',
    );
  // Pictures of the body come first in the bytes, and so do their names.
  const sorted = [
    ...wanted.filter(({ each }) => each.contentId !== undefined),
    ...wanted.filter(({ each }) => each.contentId === undefined),
  ];
  const content = contentOf(readRecent(message.raw), `<${message.id}@localhost>`);
  return rewriteDraft(
    exchange,
    place,
    { ...content, attachments: sorted.map(({ each }) => each) },
    {
      ...exchange.items.of(message.id),
      attachmentNames: sorted.map(({ name }) => name),
      nextAttachmentName,
    },
  );
}
