import { bearerOf } from '../../doors/bearer.ts';
import type { RunMailbox } from '../run-view.ts';
import type { Running } from '../running.ts';
import type { Performer } from './operation-performer.ts';

/**
 * Another program of the mailbox's owner signs in by the protocol the engine fetches with and stays: by POP3 it holds the
 * exclusive lock, by IMAP it has the Inbox open and takes a connection of the user's.
 */
export const secondClient: Performer<'second-client'> = async (operation, running) => {
  const mailbox = running.mailbox(operation.mailbox);
  const { pop3, imap } = running.world.provider(mailbox.domain);
  const overImap = mailbox.access === 'imap-smtp' && imap !== undefined;
  const { host, tlsPort: port } = overImap ? imap : pop3;
  const { hello, goodbye } = overImap ? imapWords(mailbox, running) : pop3Words(mailbox, running);
  const life = running.world.life(`client-${operation.id}`);
  await life.run(async () => {
    const given = new AbortController();
    const stream = await life.connector
      .connect({ host, port, tls: true }, given.signal)
      .catch(() => undefined);
    if (stream === undefined) return;
    stream.on('error', () => {});
    stream.on('data', () => {});
    stream.write(hello);
    await running.sleepUntil(operation.atMs + operation.forMs);
    stream.write(goodbye);
    stream.end();
  });
};

/** What a client says when it comes and when it goes. */
interface Words {
  readonly hello: string;
  readonly goodbye: string;
}

function pop3Words(mailbox: RunMailbox, running: Running): Words {
  return {
    hello: `USER ${mailbox.address}\r\nPASS ${running.passwordOnServer(mailbox)}\r\n`,
    goodbye: 'QUIT\r\n',
  };
}

function imapWords(mailbox: RunMailbox, running: Running): Words {
  const { address } = mailbox;
  const secret = running.passwordOnServer(mailbox);
  const bearer = running.world.provider(mailbox.domain).profile.imap?.sasl.includes('XOAUTH2');
  const signIn = bearer
    ? `AUTHENTICATE XOAUTH2 ${bearerOf({ address, secret })}`
    : `LOGIN "${address}" "${secret}"`;
  return { hello: `a ${signIn}\r\nb SELECT INBOX\r\n`, goodbye: 'c LOGOUT\r\n' };
}
