import type { Arrival, ByteStream } from '../network/byte-stream.ts';
import type { ServerContext } from '../server-context.ts';
import { type Pop3Options, Pop3Session } from './session.ts';

export type { Pop3Options } from './session.ts';

/**
 * Serves one POP3 connection (RFC 1939, 2449, 2595, 3206, 5034, 6856) as the context's profile has it. Returns at
 * once; the session ends with the stream. A profile without POP3 closes the connection.
 */
export function servePop3(
  stream: ByteStream,
  arrival: Arrival,
  context: ServerContext,
  options: Pop3Options = {},
): void {
  const { pop3 } = context.profile;
  if (pop3 === undefined) stream.destroy();
  else new Pop3Session(stream, arrival, context, pop3, options).start();
}
