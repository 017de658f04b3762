import { GraphError } from '../graph-error.ts';
import { isBase64 } from './attachment-json.ts';

/** Whether a request brings a message in MIME: `Content-Type: text/plain` (graph/outlook-send-mime-message). */
export function isMime(headers: Headers): boolean {
  return /^\s*text\/plain\b/i.test(headers.get('content-type') ?? '');
}

/** The message in MIME that a request brings, in base64. Throws `GraphError` 400 when it is not. */
export function mimeBody(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const raw = isBase64(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (raw.length === 0 || !/^[!-9;-~]+[ \t]*:/.test(raw.toString('latin1', 0, 200)))
    throw new GraphError(
      400,
      'ErrorMimeContentInvalidBase64String',
      'Invalid base64 string for MIME content.',
    );
  return raw;
}
