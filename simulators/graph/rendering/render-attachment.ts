import type { Place } from '../../mailbox/mailbox.ts';
import { type ReadAttachment, ReadMessage } from '../../mime/read-message.ts';
import { decodeId, itemNotFound, malformedId, messageIdIn } from '../ids.ts';
import { isoSeconds } from './iso-seconds.ts';
import { readRecent } from './read-recent.ts';
import type { Asking } from './render-message.ts';

/** An attachment of a message, with the name its id is made of. */
export interface PlacedAttachment {
  readonly place: Place;
  readonly name: number;
  readonly attachment: ReadAttachment;
}

export function attachmentsOf({ items }: Asking, place: Place): readonly PlacedAttachment[] {
  const { message } = place.entry;
  const names = items.of(message.id).attachmentNames;
  return readRecent(message.raw).attachments.map((attachment, index) => ({
    place,
    name: names?.[index] ?? index,
    attachment,
  }));
}

/** The attachment an id names. Throws `GraphError` 404 when the message has none of that id. */
export function attachmentOf(asking: Asking, place: Place, id: string): PlacedAttachment {
  const decoded = decodeId(id);
  const [, messageId, name] = /^(.+)-a(\d+)$/.exec(decoded.kind === 'folder' ? '' : decoded.messageId) ?? [];
  if (messageId === undefined) throw malformedId();
  const found = attachmentsOf(asking, place).find((each) => each.name === Number(name));
  if (found === undefined || messageId !== place.entry.message.id) throw itemNotFound();
  return found;
}

export function attachmentIdOf({ prefer }: Asking, place: Place, name: number): string {
  return messageIdIn(place.folder.id, `${place.entry.message.id}-a${name}`, prefer.immutableId);
}

/**
 * An attachment as v1.0 gives it (graph/api/resources/fileattachment and itemattachment), all or the properties of
 * `fields`. An item is shown with the message inside when `withItem`.
 */
export function renderAttachment(
  asking: Asking,
  { place, name, attachment }: PlacedAttachment,
  options: { readonly fields?: readonly string[] | undefined; readonly withItem?: boolean } = {},
): Record<string, unknown> {
  const { kind, bytes, isInline, contentType, contentId } = attachment;
  const { message } = place.entry;
  const rendered: Record<string, unknown> = {
    '@odata.type': `#microsoft.graph.${kind}Attachment`,
    ...(kind === 'file' && { '@odata.mediaContentType': contentType }),
    id: attachmentIdOf(asking, place, name),
    lastModifiedDateTime: isoSeconds(asking.items.modifiedAtMs(message.id, message.receivedAtMs)),
    name: attachment.name,
    contentType: kind === 'file' ? contentType : null,
    size: bytes.length,
    isInline,
  };
  if (kind === 'file') {
    rendered.contentId = contentId ?? null;
    rendered.contentLocation = null;
  } else if (options.withItem === true) rendered.item = renderInner(bytes);
  const { fields } = options;
  if (fields === undefined) {
    if (kind === 'file') rendered.contentBytes = bytes.toString('base64');
    return rendered;
  }
  if (kind === 'file' && fields.includes('contentBytes')) rendered.contentBytes = bytes.toString('base64');
  return Object.fromEntries(
    Object.entries(rendered).filter(([key]) => key === 'id' || key.startsWith('@') || fields.includes(key)),
  );
}

function renderInner(raw: Buffer): object {
  const read = new ReadMessage(raw);
  const party = (name: 'from' | 'to' | 'cc'): object[] =>
    read.addresses(name).map((each) => ({
      emailAddress: { name: each.name || each.address, address: each.address },
    }));
  const dated = read.dateMs === undefined ? null : isoSeconds(read.dateMs);
  return {
    '@odata.type': '#microsoft.graph.message',
    subject: read.text('subject') ?? '',
    internetMessageId: read.messageId ?? null,
    sentDateTime: dated,
    receivedDateTime: dated,
    hasAttachments: read.attachments.some(({ isInline }) => !isInline),
    from: party('from')[0] ?? null,
    toRecipients: party('to'),
    ccRecipients: party('cc'),
    bodyPreview: read.preview,
    body: { contentType: read.body.type, content: read.body.content },
  };
}
