import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes an empty Maildir and gives its path. */
export function makeMaildir(directory: string): string {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(directory, part), { recursive: true });
  return directory;
}

/** Every message file of a Maildir, by path. */
export function maildirFiles(maildir: string): string[] {
  return ['cur', 'new'].flatMap((part) =>
    readdirSync(join(maildir, part)).map((name) => join(maildir, part, name)),
  );
}

/** The messages of a Maildir, each as its name and the letters of its flags, sorted. */
export function maildirContents(maildir: string, nameOf: (source: Buffer) => string): string[] {
  return maildirFiles(maildir)
    .map((file) => {
      const flags = /:2,([A-Z]*)$/.exec(file)?.[1] ?? '';
      return [nameOf(readFileSync(file)), ...(flags === '' ? [] : [flags])].join(' ');
    })
    .sort();
}
