import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { parseConfig } from './parse-config.ts';

/** Reads and checks a configuration file, and the certificate files it names. */
export function loadConfig(file: string): Config {
  return parseConfig(read(file), file, (path) => readFileSync(path, 'utf8'));
}

function read(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'this is a folder'
          : `it cannot be read (${code})`;
    throw new ConfigError(`${file}: ${why}; name the configuration with --config FILE`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ConfigError(`${file}: this is not UTF-8 text`, { cause: error });
  }
}
