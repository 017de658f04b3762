import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../requirements.ts';
import { type Finished, run } from '../servers/child.ts';

export type SmtpSecurity = 'starttls' | 'tls';

/** A submission server on this machine, and who sends to whom. */
export interface Submission {
  readonly port: number;
  readonly security: SmtpSecurity;
  readonly login: string;
  readonly password: string;
  readonly recipient: string;
  readonly caFile: string;
}

export interface SmtpClient {
  readonly name: string;
  /** Sends every message; `directory` is empty and its own. */
  readonly send: (to: Submission, messages: readonly Buffer[], directory: string) => Promise<void>;
}

export const smtpClients: readonly SmtpClient[] = [
  {
    name: 'curl',
    send: async (to, messages, directory) => {
      for (const file of files(messages, directory)) {
        const config = [
          `url = "${to.security === 'tls' ? 'smtps' : 'smtp'}://localhost:${to.port}/client.example.test"`,
          `user = "${to.login}:${to.password}"`,
          `cacert = "${to.caFile}"`,
          'ssl-reqd',
          `mail-from = "${to.login}"`,
          `mail-rcpt = "${to.recipient}"`,
          `upload-file = "${file}"`,
          'silent',
          'show-error',
        ];
        await must(run(findProgram('curl')!, ['--config', '-'], { input: config.join('\n') }));
      }
    },
  },
  {
    name: 'smtplib',
    send: async (to, messages, directory) => {
      const script = new URL('smtplib_send.py', import.meta.url).pathname;
      const args = [script, `${to.port}`, to.login, to.recipient, to.security, to.caFile];
      await must(
        run('/usr/bin/python3', [...args, ...files(messages, directory)], { input: `${to.password}\n` }),
      );
    },
  },
  {
    name: 'msmtp',
    send: async (to, messages, directory) => {
      const config = join(directory, 'msmtprc');
      const lines = [
        'account peer',
        'host localhost',
        `port ${to.port}`,
        `from ${to.login}`,
        'auth plain',
        `user ${to.login}`,
        `password ${to.password}`,
        'tls on',
        `tls_starttls ${to.security === 'starttls' ? 'on' : 'off'}`,
        `tls_trust_file ${to.caFile}`,
        'domain client.example.test',
        'set_from_header off',
        'set_date_header off',
        'set_msgid_header off',
        'account default : peer',
      ];
      writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
      for (const message of messages)
        await must(run(findProgram('msmtp')!, ['-C', config, to.recipient], { input: message }));
    },
  },
  {
    name: 'swaks',
    send: async (to, messages, directory) => {
      const config = join(directory, 'swaksrc');
      const lines = [
        '--server localhost',
        `--port ${to.port}`,
        to.security === 'tls' ? '--tls-on-connect' : '--tls',
        '--tls-verify',
        `--tls-ca-path ${to.caFile}`,
        '--ehlo client.example.test',
        '--auth PLAIN',
        `--auth-user ${to.login}`,
        `--auth-password ${to.password}`,
        `--from ${to.login}`,
        `--to ${to.recipient}`,
        '--suppress-data',
        // Otherwise it takes words between percent signs for its own.
        '--no-data-fixup',
      ];
      writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
      for (const file of files(messages, directory, (message) => `${dotted(message)}.\r\n`))
        await must(run(findProgram('swaks')!, ['--config', config, '--data', `@${file}`]));
    },
  },
];

/** What `--no-data-fixup` leaves to the caller: dot-stuffing and the final dot (RFC 5321 4.5.2). */
function dotted(message: Buffer): string {
  return message.toString('latin1').replace(/^\./gm, '..');
}

function files(
  messages: readonly Buffer[],
  directory: string,
  form: (message: Buffer) => string = (message) => message.toString('latin1'),
): string[] {
  return messages.map((message, at) => {
    const file = join(directory, `${at}.eml`);
    writeFileSync(file, form(message), 'latin1');
    return file;
  });
}

async function must(running: Promise<Finished>): Promise<Finished> {
  const finished = await running;
  if (finished.code !== 0)
    throw new Error(`ended with ${finished.code}: ${finished.stderr}${finished.stdout}`);
  return finished;
}
