import type { Performer } from './operation-performer.ts';

/** Another program of the mailbox's owner signs in by POP3 and stays: it holds the exclusive lock. */
export const secondClient: Performer<'second-client'> = async (operation, running) => {
  const mailbox = running.mailbox(operation.mailbox);
  const { pop3 } = running.world.provider(mailbox.domain);
  const life = running.world.life(`client-${operation.id}`);
  await life.run(async () => {
    const given = new AbortController();
    const stream = await life.connector
      .connect({ host: pop3.host, port: pop3.tlsPort, tls: true }, given.signal)
      .catch(() => undefined);
    if (stream === undefined) return;
    stream.on('error', () => {});
    stream.on('data', () => {});
    stream.write(`USER ${mailbox.address}\r\nPASS ${running.passwordOnServer(mailbox)}\r\n`);
    await running.sleepUntil(operation.atMs + operation.forMs);
    stream.write('QUIT\r\n');
    stream.end();
  });
};
