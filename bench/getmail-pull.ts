import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { privateFile } from '../test/peers/clients/private-file.ts';
import { findProgram } from '../test/peers/requirements.ts';
import { arrived, maildirParts, makeMaildir } from './client-maildir.ts';
import { type ForeignPull, runClient } from './foreign-client.ts';
import { user } from './warm-dovecot.ts';

/** The user that owns nothing on every Debian system. */
const nobody = 65_534;
const files = ['.', 'getmailrc', 'maildir', ...maildirParts.map((part) => `maildir/${part}`)];

/** getmail6 with one of its retrievers, into a Maildir. */
export function getmailPull(retriever: readonly string[]): ForeignPull {
  return {
    name: 'getmail6',
    program: 'getmail',
    async pull(port, directory) {
      const maildir = makeMaildir(directory);
      privateFile(directory, 'getmailrc', [
        '[retriever]',
        ...retriever,
        'server = 127.0.0.1',
        `port = ${port}`,
        `username = ${user.login}`,
        `password = ${user.password}`,
        '[destination]',
        'type = Maildir',
        `path = ${maildir}/`,
        '[options]',
        'delete = false',
        'verbose = 0',
      ]);
      // It delivers nothing as root.
      for (const one of files) chownSync(join(directory, one), nobody, nobody);
      const asNobody = [
        `--reuid=${nobody}`,
        `--regid=${nobody}`,
        '--clear-groups',
        findProgram('getmail') ?? '',
      ];
      await runClient('setpriv', [...asNobody, '--getmaildir', directory, '--rcfile', 'getmailrc']);
      return arrived(maildir);
    },
  };
}
