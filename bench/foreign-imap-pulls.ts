import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { privateFile } from '../test/peers/clients/private-file.ts';
import { arrived } from './client-maildir.ts';
import { type ForeignPull, runClient } from './foreign-client.ts';
import { getmailPull } from './getmail-pull.ts';
import { user } from './warm-dovecot.ts';

/** Each as it is fastest; all but imapflow, which keeps nothing, write a Maildir. */
export const foreignImapPulls = {
  mbsync: { name: 'mbsync', program: 'mbsync', pull: mbsync },
  offlineimap: {
    name: 'offlineimap3',
    program: 'offlineimap',
    async pull(port, directory) {
      const config = privateFile(directory, 'offlineimaprc', [
        '[general]',
        'accounts = bench',
        `metadata = ${directory}/metadata`,
        '[Account bench]',
        'localrepository = near',
        'remoterepository = far',
        '[Repository near]',
        'type = Maildir',
        `localfolders = ${directory}/mail`,
        '[Repository far]',
        'type = IMAP',
        'remotehost = 127.0.0.1',
        `remoteport = ${port}`,
        `remoteuser = ${user.login}`,
        `remotepass = ${user.password}`,
        'ssl = no',
        'starttls = no',
        'auth_mechanisms = LOGIN',
        "folderfilter = lambda folder: folder == 'INBOX'",
      ]);
      mkdirSync(join(directory, 'mail'));
      const env = { ...process.env, HOME: directory };
      await runClient('offlineimap', ['-c', config, '-o', '-u', 'quiet'], env);
      return arrived(join(directory, 'mail/INBOX'));
    },
  },
  getmail6: getmailPull(['type = SimpleIMAPRetriever', 'mailboxes = ("INBOX",)']),
  imapflow: {
    name: 'imapflow',
    program: 'node',
    async pull(port) {
      const client = new ImapFlow({
        host: '127.0.0.1',
        port,
        secure: false,
        doSTARTTLS: false,
        auth: { user: user.login, pass: user.password },
        logger: false,
      });
      await client.connect();
      await client.mailboxOpen('INBOX', { readOnly: true });
      let whole = 0;
      for await (const { source } of client.fetch('1:*', { uid: true, flags: true, source: true }))
        if ((source?.length ?? 0) > 1500) whole += 1;
      await client.logout();
      return whole;
    },
  },
} satisfies Record<string, ForeignPull>;

async function mbsync(port: number, directory: string): Promise<number> {
  mkdirSync(join(directory, 'mail'));
  const config = privateFile(directory, 'mbsyncrc', [
    'IMAPAccount bench',
    'Host 127.0.0.1',
    `Port ${port}`,
    `User ${user.login}`,
    `Pass ${user.password}`,
    'SSLType None',
    'AuthMechs LOGIN',
    '',
    'IMAPStore far',
    'Account bench',
    '',
    'MaildirStore near',
    `Path ${directory}/mail/`,
    `Inbox ${directory}/mail/INBOX`,
    '',
    'Channel all',
    'Far :far:',
    'Near :near:',
    'Patterns INBOX',
    'Sync Pull',
    'Create Near',
    'SyncState *',
  ]);
  await runClient('mbsync', ['--config', config, '--quiet', 'all']);
  return arrived(join(directory, 'mail/INBOX'));
}
