import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { collections } from './corpus/sources.ts';

const programs = [
  'dovecot',
  'doveconf',
  'postfix',
  'postconf',
  'setpriv',
  'openssl',
  'curl',
  'mpop',
  'msmtp',
  'fetchmail',
  'getmail',
  'mbsync',
  'offlineimap',
  'mutt',
  'script', // gives mutt a terminal
  'swaks',
  'chromium',
] as const;

/** Every program on the path, in `/usr/sbin` too, where Debian keeps servers even when a user's path leaves it out. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/**
 * Runs before all peer tests: without the servers, the clients and the mail they fail, and say what is missing.
 * They never pass by having nothing to talk to.
 */
export default function requirePeers(): void {
  const missing: string[] = programs.filter((name) => findProgram(name) === undefined);
  missing.push(...collections.filter((one) => !isReadable(one.directory)).map((one) => one.directory));
  if (!isReadable('/usr/bin/python3')) missing.push('/usr/bin/python3');
  if (!isExecutable('/usr/lib/dovecot/imap')) missing.push('dovecot-imapd');
  if (process.getuid?.() !== 0) missing.push('root (Postfix and Dovecot start as root and give it up)');
  if (missing.length > 0)
    throw new Error(
      `The peer tests cannot run: missing ${missing.join(', ')}. Install them with: bash test/peers/install.sh`,
    );
}

function isExecutable(path: string): boolean {
  return allows(path, constants.X_OK);
}

function isReadable(path: string): boolean {
  return allows(path, constants.R_OK);
}

function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
