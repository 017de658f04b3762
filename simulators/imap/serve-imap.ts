import type { Arrival, ByteStream } from '../network/byte-stream.ts';
import type { ServerContext } from '../server-context.ts';
import { type ImapOptions, ImapSession } from './session.ts';

export type { ImapOptions } from './session.ts';

/**
 * Serves one IMAP connection (RFC 3501 and the extensions of the profile). Returns at once; the session ends with the
 * stream. A profile without IMAP closes the connection.
 */
export function serveImap(
  stream: ByteStream,
  arrival: Arrival,
  context: ServerContext,
  options: ImapOptions = {},
): void {
  const { imap } = context.profile;
  if (imap === undefined) stream.destroy();
  else new ImapSession(stream, arrival, context, imap, options).start();
}
