import type { StoredMessage } from '../mailbox/stored-message.ts';
import type { Arguments } from './command.ts';
import type { Maildrop } from './maildrop.ts';
import type { Reply } from './reply.ts';
import type { Pop3Session } from './session.ts';

/** The maildrop of a session in the transaction state, which is the only one with one. */
export function openMaildrop(session: Pop3Session): Maildrop {
  if (session.maildrop === undefined)
    throw new Error(
      'This POP3 command is in the table for a state without a maildrop: list it for transaction only.',
    );
  return session.maildrop;
}

/** The message that an argument names; or else the client is told why there is none. */
export function namedMessage(
  session: Pop3Session,
  { numbers }: Arguments,
  reading: boolean,
  answer: (reply: Reply) => void,
): { readonly n: number; readonly message: StoredMessage } | undefined {
  const n = numbers[0] ?? 0;
  const message = openMaildrop(session).message(n, reading);
  if (typeof message !== 'string') return { n, message };
  answer(message === 'expunged' ? session.say(message, { n }) : session.bad(message, { n }));
  return undefined;
}
