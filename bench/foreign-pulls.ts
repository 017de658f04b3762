import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../test/peers/requirements.ts';
import { run } from '../test/peers/servers/child.ts';
import { user } from './warm-dovecot.ts';

/** A client nobody here wrote. It pulls a whole mailbox into an empty directory and returns how many messages came. */
export interface ForeignPull {
  readonly name: string;
  readonly program: string;
  pull(port: number, directory: string): Promise<number>;
}

/** A client that needs longer than this is ended. */
const clientLimitMs = 90_000;
const maildirParts = ['cur', 'new', 'tmp'] as const;
/** The user that owns nothing on every Debian system. */
const nobody = 65_534;

/** Each as it is fastest; all but poplib, which keeps nothing, write a Maildir. */
export const foreignPulls = {
  mpop: {
    name: 'mpop',
    program: 'mpop',
    async pull(port, directory) {
      const maildir = makeMaildir(directory);
      const config = privateFile(directory, 'mpoprc', [
        'account bench',
        'host 127.0.0.1',
        `port ${port}`,
        `user ${user.login}`,
        `password ${user.password}`,
        'auth user',
        'tls off',
        'keep on',
        `uidls_file ${join(directory, 'uidls')}`,
        `delivery maildir ${maildir}`,
        'account default : bench',
      ]);
      await runClient('mpop', ['-C', config, '-Q']);
      return arrived(maildir);
    },
  },
  getmail6: {
    name: 'getmail6',
    program: 'getmail',
    async pull(port, directory) {
      const maildir = makeMaildir(directory);
      privateFile(directory, 'getmailrc', [
        '[retriever]',
        'type = SimplePOP3Retriever',
        'server = 127.0.0.1',
        `port = ${port}`,
        `username = ${user.login}`,
        `password = ${user.password}`,
        '[destination]',
        'type = Maildir',
        `path = ${maildir}/`,
        '[options]',
        'delete = false',
        'verbose = 0',
      ]);
      // It delivers nothing as root.
      for (const one of ['.', 'getmailrc', 'maildir', ...maildirParts.map((part) => `maildir/${part}`)])
        chownSync(join(directory, one), nobody, nobody);
      const asNobody = [
        `--reuid=${nobody}`,
        `--regid=${nobody}`,
        '--clear-groups',
        findProgram('getmail') ?? '',
      ];
      await runClient('setpriv', [...asNobody, '--getmaildir', directory, '--rcfile', 'getmailrc']);
      return arrived(maildir);
    },
  },
  fetchmail: {
    name: 'fetchmail',
    program: 'fetchmail',
    async pull(port, directory) {
      const maildir = makeMaildir(directory);
      // It writes no Maildir itself: it hands each message to a program, as its manual has it.
      const take = privateFile(directory, 'take.sh', ['#!/bin/sh', `exec cat > ${maildir}/new/$$.bench`]);
      chmodSync(take, 0o700);
      const config = privateFile(directory, 'fetchmailrc', [
        'set invisible',
        `poll 127.0.0.1 protocol pop3 port ${port} auth password`,
        `  user "${user.login}" password "${user.password}" sslproto ''`,
        `  fetchall keep no rewrite mda "${take}"`,
      ]);
      const files = ['--pidfile', join(directory, 'pid'), '-i', join(directory, 'ids')];
      await runClient('fetchmail', ['-f', config, '-s', '--nodetach', '--nosyslog', ...files], {
        ...process.env,
        HOME: directory,
        FETCHMAILHOME: directory,
      });
      return arrived(maildir);
    },
  },
  poplib: {
    name: "Python's poplib",
    program: 'python3',
    async pull(port) {
      const script = `import poplib
pop = poplib.POP3('127.0.0.1', ${port})
pop.user('${user.login}')
pop.pass_('${user.password}')
count = len(pop.uidl()[1])
print(sum(1 for n in range(1, count + 1) if pop.retr(n)[2] > 1500))
pop.quit()
`;
      return Number(await runClient('python3', ['-c', script]));
    },
  },
} satisfies Record<string, ForeignPull>;

function makeMaildir(directory: string): string {
  const maildir = join(directory, 'maildir');
  mkdirSync(maildir);
  for (const part of maildirParts) mkdirSync(join(maildir, part));
  return maildir;
}

function arrived(maildir: string): number {
  return readdirSync(join(maildir, 'new')).length;
}

function privateFile(directory: string, name: string, lines: readonly string[]): string {
  const file = join(directory, name);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

async function runClient(name: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const program = name === 'python3' ? '/usr/bin/python3' : findProgram(name);
  if (program === undefined) throw new Error(`${name} is not on this machine.`);
  const { code, stdout, stderr } = await run(program, args, {
    timeoutMs: clientLimitMs,
    ...(env === undefined ? {} : { env }),
  });
  // What came until then is counted: the count tells that it is not all.
  if (code !== 0) process.stderr.write(`${name} ended with ${code}: ${`${stderr}${stdout}`.slice(-300)}\n`);
  return stdout.toString();
}
