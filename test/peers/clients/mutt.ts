import { join } from 'node:path';
import { findProgram } from '../requirements.ts';
import { run } from '../servers/child.ts';
import type { ImapMailbox } from './imap-clients.ts';
import { privateFile } from './private-file.ts';

export interface Mutt {
  /** Opens a folder, presses these keys (in mutt's notation) one after the other, and leaves with its changes written. */
  readonly press: (folder: string, keys: readonly string[]) => Promise<void>;
  /** Writes a message without a screen: sends it over SMTP and keeps a copy in this folder. */
  readonly send: (to: string, subject: string, text: string, copyIn: string) => Promise<void>;
}

/** mutt with an account of its own for reading and for sending. */
export function mutt(account: ImapMailbox, submissionsPort: number, directory: string): Mutt {
  const server = `imaps://localhost:${account.port}/`;
  const config = privateFile(directory, 'muttrc', [
    `set folder="${server}" spoolfile="${server}INBOX" postponed="" record="" sort=mailbox-order`,
    `set imap_user="${account.login}" imap_pass="${account.password}" imap_authenticators=login`,
    `set smtp_url="smtps://${account.login}@localhost:${submissionsPort}/" smtp_pass="${account.password}"`,
    'set smtp_authenticators=plain',
    `set from="${account.login}" use_domain=no hostname=example.test`,
    `set certificate_file="${account.caFile}" ssl_ca_certificates_file="${account.caFile}"`,
    'set header_cache="" message_cachedir=""',
    'set mbox_type=Maildir move=no delete=yes quit=yes mark_old=no wait_key=no beep=no',
    'set confirmappend=no confirmcreate=no delete_untag=yes sleep_time=0',
  ]);
  const env = { ...process.env, HOME: directory, TERM: 'vt100', MAIL: '' };
  const must = async (program: string, args: readonly string[], input = '') => {
    const finished = await run(program, args, { env, input, cwd: directory, timeoutMs: 20_000 });
    if (finished.code !== 0)
      throw new Error(`mutt ended with ${finished.code}: ${finished.stderr}${finished.stdout}`);
  };
  return {
    press: async (folder, keys) => {
      privateFile(directory, 'keys', [`push '${keys.join('')}<sync-mailbox><quit>'`]);
      const command = [
        findProgram('mutt')!,
        '-F',
        config,
        '-e',
        `'source ${join(directory, 'keys')}'`,
        '-f',
        `=${folder}`,
      ];
      // It reads keys from a terminal only; script(1) gives it one.
      await must(findProgram('script')!, ['-qec', command.join(' '), '/dev/null']);
    },
    send: (to, subject, text, copyIn) =>
      must(
        findProgram('mutt')!,
        ['-F', config, '-e', `set record="=${copyIn}"`, '-s', subject, '--', to],
        text,
      ),
  };
}
