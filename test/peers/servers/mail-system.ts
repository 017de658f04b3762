import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from './certificates.ts';
import { type Dovecot, startDovecot, type User } from './dovecot.ts';
import { type Postfix, startPostfix } from './postfix.ts';

/** A whole mail system on loopback: Dovecot to read from, Postfix to send through, one certificate authority. */
export interface MailSystem {
  readonly directory: string;
  readonly certificates: Certificates;
  readonly dovecot: Dovecot;
  readonly postfix: Postfix;
  /** Stops both and removes every file. */
  stop(): Promise<void>;
}

export async function startMailSystem(users: readonly User[]): Promise<MailSystem> {
  // Short, because the path of a Unix socket may not pass 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'mcp-'));
  chmodSync(directory, 0o755); // both servers give root up
  for (const part of ['tls', 'dovecot', 'postfix']) mkdirSync(join(directory, part));
  const certificates = await makeCertificates(join(directory, 'tls'));
  const dovecot = await startDovecot(join(directory, 'dovecot'), users, certificates);
  const postfix = await startPostfix(join(directory, 'postfix'), users, certificates, dovecot);
  return {
    directory,
    certificates,
    dovecot,
    postfix,
    stop: async () => {
      await postfix.stop();
      await dovecot.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
