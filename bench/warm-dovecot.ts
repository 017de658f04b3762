import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../test/peers/requirements.ts';
import { makeCertificates } from '../test/peers/servers/certificates.ts';
import { startDovecot, type User } from '../test/peers/servers/dovecot.ts';

export const user: User = { login: 'user1@mail.test', password: 'secret1' };

/** Messages of about 2 KB with headers as real ones have them, no two alike. */
export function messagesOf2Kb(count: number): Buffer[] {
  const body = 'All work and no play makes Jack a dull boy.\r\n'.repeat(37);
  return Array.from({ length: count }, (_, n) =>
    Buffer.from(
      `Received: from out.mail.test by in.mail.test; Mon, 5 Jan 2026 08:00:00 +0000\r\nFrom: Bob <bob@mail.test>\r\nTo: Anna <${user.login}>\r\nSubject: message ${n + 1}\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\nMessage-ID: <${n + 1}@mail.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${body}`,
    ),
  );
}

/** Programs of this list that are not on this machine. */
export function missingPrograms(...names: string[]): string[] {
  return names.filter((name) => findProgram(name) === undefined);
}

/** A real Dovecot with one mailbox in a directory of its own, for as long as `use` runs. */
export async function withDovecot<Result>(
  messages: readonly Buffer[],
  use: (ports: { readonly pop3: number; readonly imap: number }, directory: string) => Promise<Result>,
): Promise<Result> {
  // Short, because the path of a Unix socket may not pass 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'mcb-'));
  chmodSync(directory, 0o755); // Dovecot gives root up
  for (const part of ['tls', 'dovecot', 'work']) mkdirSync(join(directory, part));
  try {
    const certificates = await makeCertificates(join(directory, 'tls'));
    const dovecot = await startDovecot(join(directory, 'dovecot'), [user], certificates);
    try {
      dovecot.put(user.login, messages);
      return await use(dovecot, join(directory, 'work'));
    } finally {
      await dovecot.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
