import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../requirements.ts';
import { mustRun } from '../servers/child.ts';

/** A mailbox on some IMAP server on this machine. */
export interface ImapMailbox {
  readonly port: number;
  readonly security: 'none' | 'starttls' | 'tls';
  readonly login: string;
  readonly password: string;
  readonly caFile: string;
}

export interface ImapClient {
  readonly name: string;
  readonly securities: readonly ImapMailbox['security'][];
  /** Fetches every message of the inbox, in its order, and perhaps does more; what it saw is compared between servers. */
  readonly fetch: (
    from: ImapMailbox,
    directory: string,
  ) => Promise<{ readonly messages: readonly Buffer[]; readonly saw: string }>;
}

const script = join(import.meta.dirname, 'imaplib_fetch.py');
const everySecurity = ['none', 'starttls', 'tls'] as const;

const numbered = (directory: string): Buffer[] =>
  readdirSync(directory)
    .filter((name) => /^\d+\.eml$/.test(name))
    .sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))
    .map((name) => readFileSync(join(directory, name)));

export const imapClients: readonly ImapClient[] = [
  {
    name: 'imaplib',
    securities: everySecurity,
    fetch: async ({ port, security, login, password, caFile }, directory) => {
      const secured = security === 'none' ? [] : [security, caFile];
      const saw = await mustRun(
        '/usr/bin/python3',
        [script, String(port), login, directory, ...secured],
        `${password}\n`,
      );
      return { messages: numbered(directory), saw };
    },
  },
  {
    name: 'curl',
    securities: everySecurity,
    fetch: async ({ port, security, login, password, caFile }, directory) => {
      const server = `${security === 'tls' ? 'imaps' : 'imap'}://localhost:${port}`;
      const lines = [`user = "${login}:${password}"`, `cacert = "${caFile}"`, 'silent', 'show-error'];
      if (security === 'starttls') lines.push('ssl-reqd');
      const curl = (...more: string[]) =>
        mustRun(findProgram('curl')!, ['--config', '-'], [...lines, ...more].join('\n'));
      const status = await curl(`url = "${server}/"`, 'request = "STATUS INBOX (MESSAGES)"');
      const count = Number(/MESSAGES (\d+)/.exec(status)?.[1]);
      await curl(`url = "${server}/INBOX;MAILINDEX=[1-${count}]"`, `output = "${directory}/#1.eml"`);
      return { messages: numbered(directory), saw: await curl(`url = "${server}/INBOX?UNSEEN"`) };
    },
  },
];

/** mbsync's configuration for a two-way synchronization of the whole mailbox with a Maildir. */
export function mbsyncConfiguration(
  { port, security, login, password, caFile }: ImapMailbox,
  directory: string,
): string {
  const path = join(directory, 'mbsyncrc');
  writeFileSync(
    path,
    `IMAPAccount peer
Host localhost
Port ${port}
User ${login}
Pass ${password}
SSLType ${security === 'tls' ? 'IMAPS' : security === 'starttls' ? 'STARTTLS' : 'None'}
CertificateFile ${caFile}
AuthMechs LOGIN

IMAPStore far
Account peer

MaildirStore near
Path ${directory}/mail/
Inbox ${directory}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
SyncState *
`,
  );
  return path;
}
