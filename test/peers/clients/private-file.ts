import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a configuration with a password, which must not stand in arguments, where every user of the machine reads it. */
export function privateFile(directory: string, name: string, lines: readonly string[]): string {
  const file = join(directory, name);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}
