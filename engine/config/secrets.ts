import { readFile } from 'node:fs/promises';
import { ConfigError } from './config-error.ts';

/**
 * Reads the secret a reference names: `env:NAME` from the environment, `file:/path` from a file. One line, or a PEM bundle.
 * Read anew each time, so that a token renewed outside is taken up; never kept, and never part of an error.
 */
export async function readSecret(
  reference: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const [kind, name] = split(reference);
  const secret = kind === 'env' ? environment[name] : await firstLine(name);
  if (secret === undefined)
    throw new ConfigError(`the environment variable ${name} is not set; it should hold a mailbox's secret`);
  if (secret === '')
    throw new ConfigError(
      `${kind === 'env' ? `the environment variable ${name}` : name} is empty; it should hold a mailbox's secret`,
    );
  if (/[\r\n\0]/.test(secret) && !isPem(secret))
    throw new ConfigError(
      `${kind === 'env' ? `the environment variable ${name}` : name} holds more than one line; a secret is one line, or PEM`,
    );
  return secret;
}

function split(reference: string): readonly ['env' | 'file', string] {
  const [, kind, name] = /^(env|file):(.+)$/s.exec(reference) ?? [];
  if ((kind === 'env' || kind === 'file') && name !== undefined) return [kind, name];
  throw new ConfigError('a secret must be named env:NAME or file:/path');
}

/** A private key and its certificate (client-certificate). */
function isPem(secret: string): boolean {
  return secret.trimStart().startsWith('-----BEGIN ') && !secret.includes('\0');
}

async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new ConfigError(`${path} cannot be read; it should hold a mailbox's secret`, { cause: error });
  }
}
