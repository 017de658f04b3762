import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const maildirParts = ['cur', 'new', 'tmp'] as const;

/** An empty Maildir in the directory. */
export function makeMaildir(directory: string): string {
  const maildir = join(directory, 'maildir');
  mkdirSync(maildir);
  for (const part of maildirParts) mkdirSync(join(maildir, part));
  return maildir;
}

/** How many messages a client put there, read or not. */
export function arrived(maildir: string): number {
  return readdirSync(join(maildir, 'new')).length + readdirSync(join(maildir, 'cur')).length;
}
