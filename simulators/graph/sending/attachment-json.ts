import type { ReadAttachment } from '../../mime/read-message.ts';
import { GraphError } from '../graph-error.ts';
import { type Json, objectIn, textIn } from './json-reader.ts';

/**
 * An attachment resource as a client sends it (graph/api/message-post-attachments): a file, or an item that is a
 * message. Throws `GraphError` 400 for what has no bytes or is of another type.
 */
export function attachmentFromJson(json: Json): ReadAttachment {
  const type = (textIn(json, '@odata.type') ?? '').replace(/^#/, '').toLowerCase();
  const named = textIn(json, 'name');
  const contentId = textIn(json, 'contentId');
  const isInline = json.isInline === true;
  if (type === 'microsoft.graph.fileattachment' || (type === '' && json.contentBytes !== undefined)) {
    const content = textIn(json, 'contentBytes');
    if (content === undefined || named === undefined || !isBase64(content))
      throw new GraphError(
        400,
        'RequestBodyRead',
        'A file attachment needs a name and contentBytes in base64.',
      );
    return {
      kind: 'file',
      name: named,
      contentType: textIn(json, 'contentType') ?? 'application/octet-stream',
      isInline,
      contentId,
      bytes: Buffer.from(content, 'base64'),
    };
  }
  if (type === 'microsoft.graph.itemattachment') {
    const item = objectIn(json, 'item') ?? {};
    const body = objectIn(item, 'body') ?? {};
    const html = textIn(body, 'contentType')?.toLowerCase() === 'html';
    const lines = [
      `Subject: ${(textIn(item, 'subject') ?? '').replace(/[\r\n]+/g, ' ')}`,
      'MIME-Version: 1.0',
      `Content-Type: text/${html ? 'html' : 'plain'}; charset=utf-8`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(textIn(body, 'content') ?? '').toString('base64'),
    ];
    return {
      kind: 'item',
      name: named ?? textIn(item, 'subject') ?? 'attachment',
      contentType: 'message/rfc822',
      isInline,
      contentId,
      bytes: Buffer.from(lines.join('\r\n')),
    };
  }
  throw new GraphError(400, 'RequestBodyRead', `Attachments of type '${type}' cannot be created here.`);
}

/** Whether a text is base64 and nothing else; line breaks are let pass. */
export function isBase64(text: string): boolean {
  const packed = text.replace(/\s+/g, '');
  return packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
}
