import type { ImapFlow } from 'imapflow';

/** What lies in a mailbox: for each folder that is not empty its messages, each as its name and its flags, sorted. */
export type MailboxContents = Readonly<Record<string, readonly string[]>>;

/**
 * Reads a whole mailbox of a server over IMAP, so that two servers can be compared after the same client worked there.
 * `nameOf` tells the messages apart by their bytes.
 */
export async function mailboxContents(
  client: ImapFlow,
  nameOf: (source: Buffer) => string,
): Promise<MailboxContents> {
  const contents: Record<string, string[]> = {};
  for (const { path, flags: attributes } of await client.list()) {
    if (attributes.has('\\Noselect') || attributes.has('\\NonExistent')) continue; // only a name above others
    const { exists } = await client.mailboxOpen(path, { readOnly: true });
    await client.noop();
    if (exists === 0) continue;
    const messages: string[] = [];
    for await (const { source, flags } of client.fetch('1:*', { source: true, flags: true })) {
      const shown = [...(flags ?? [])].filter((flag) => flag !== '\\Recent').sort();
      messages.push([nameOf(source!), ...shown].join(' ')); // asked for
    }
    contents[path] = messages.sort();
  }
  await client.mailboxClose();
  return contents;
}
