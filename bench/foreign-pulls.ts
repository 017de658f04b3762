import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { privateFile } from '../test/peers/clients/private-file.ts';
import { arrived, makeMaildir } from './client-maildir.ts';
import { type ForeignPull, runClient } from './foreign-client.ts';
import { getmailPull } from './getmail-pull.ts';
import { user } from './warm-dovecot.ts';

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
  getmail6: getmailPull(['type = SimplePOP3Retriever']),
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
