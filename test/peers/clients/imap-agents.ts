import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../requirements.ts';
import { type Finished, run } from '../servers/child.ts';
import { type ImapMailbox, mbsyncConfiguration } from './imap-clients.ts';
import { makeMaildir } from './maildir.ts';
import { privateFile } from './private-file.ts';

/** One run of getmail6: new messages, or all of them, of two folders into `getmail/` under the directory. */
export async function getmail(
  account: ImapMailbox,
  directory: string,
  mode: 'new' | 'all, and delete them',
): Promise<string> {
  const maildir = makeMaildir(join(directory, 'getmail'));
  privateFile(directory, 'getmailrc', [
    '[retriever]',
    'type = SimpleIMAPSSLRetriever',
    'server = localhost',
    `port = ${account.port}`,
    `username = ${account.login}`,
    `password = ${account.password}`,
    `ca_certs = ${account.caFile}`,
    'mailboxes = ("INBOX", "Work")',
    '[destination]',
    'type = MDA_external', // it refuses to write a Maildir itself as root
    `path = ${deliverTo(maildir, directory)}`,
    'unixfrom = false',
    'allow_root_commands = true',
    '[options]',
    `read_all = ${mode !== 'new'}`,
    `delete = ${mode !== 'new'}`,
    'delivered_to = false',
    'received = false',
    'verbose = 0',
  ]);
  await must(run(findProgram('getmail')!, ['--getmaildir', directory, '--rcfile', 'getmailrc']));
  return maildir;
}

/** One run of fetchmail: unread messages of two folders into `fetchmail/` under the directory; says whether any came. */
export async function fetchmail(
  account: ImapMailbox,
  directory: string,
  mode: 'keep' | 'nokeep',
): Promise<{ readonly maildir: string; readonly gotMail: boolean }> {
  const maildir = makeMaildir(join(directory, 'fetchmail'));
  const config = privateFile(directory, 'fetchmailrc', [
    'set invisible',
    `poll localhost protocol imap port ${account.port} auth password`,
    `  user "${account.login}" password "${account.password}"`,
    `  ssl sslcertck sslcertfile "${account.caFile}"`,
    '  folder INBOX, Work',
    `  ${mode} no rewrite no mimedecode pass8bits`,
    `  mda "${deliverTo(maildir, directory)}"`,
  ]);
  const finished = await run(
    findProgram('fetchmail')!,
    ['-f', config, '-s', '--nodetach', '--nosyslog', '--pidfile', join(directory, 'pid')],
    { env: { ...process.env, HOME: directory, FETCHMAILHOME: directory } },
  );
  const noMail = 1; // fetchmail(1), EXIT CODES
  return { maildir, gotMail: finished.code !== noMail && (await must(finished)).code === 0 };
}

/** A program that keeps a whole mailbox and Maildirs under `root`, one for each folder, in step both ways. */
export interface TwoWay {
  readonly root: string;
  readonly sync: () => Promise<unknown>;
}

/** Prepares mbsync. */
export function mbsync(account: ImapMailbox, directory: string): TwoWay {
  const root = join(directory, 'mail');
  mkdirSync(root);
  const config = mbsyncConfiguration(account, directory);
  return { root, sync: () => must(run(findProgram('mbsync')!, ['--config', config, 'all'])) };
}

/** Prepares offlineimap. */
export function offlineimap(account: ImapMailbox, directory: string): TwoWay {
  const root = join(directory, 'offlineimap');
  mkdirSync(root);
  const config = privateFile(directory, 'offlineimaprc', [
    '[general]',
    'accounts = peer',
    `metadata = ${directory}/metadata`,
    '[Account peer]',
    'localrepository = near',
    'remoterepository = far',
    '[Repository near]',
    'type = Maildir',
    `localfolders = ${root}`,
    'sep = /',
    '[Repository far]',
    'type = IMAP',
    'remotehost = localhost',
    `remoteport = ${account.port}`,
    `remoteuser = ${account.login}`,
    `remotepass = ${account.password}`,
    'ssl = yes',
    `sslcacertfile = ${account.caFile}`,
    'auth_mechanisms = LOGIN',
  ]);
  const sync = () =>
    must(
      run(findProgram('offlineimap')!, ['-c', config, '-o', '-u', 'quiet'], {
        env: { ...process.env, HOME: directory },
      }),
    );
  return { root, sync };
}

/** A program that puts the message on its input into a Maildir. */
function deliverTo(maildir: string, directory: string): string {
  const program = privateFile(directory, 'deliver.sh', [
    '#!/bin/sh',
    `exec cat > "$(mktemp ${maildir}/new/XXXXXXXX)"`,
  ]);
  chmodSync(program, 0o700);
  return program;
}

async function must(running: Promise<Finished> | Finished): Promise<Finished> {
  const finished = await running;
  if (finished.code !== 0)
    throw new Error(`ended with ${finished.code}: ${finished.stderr}${finished.stdout}`);
  return finished;
}
