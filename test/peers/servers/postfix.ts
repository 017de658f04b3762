import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../requirements.ts';
import type { Certificates } from './certificates.ts';
import { mustRun, start, stop } from './child.ts';
import type { Dovecot, User } from './dovecot.ts';
import { freePorts, listening } from './ports.ts';

export interface Postfix {
  /** Submission: STARTTLS, and AUTH after it. */
  readonly submission: number;
  /** Submission with TLS from the first byte. */
  readonly submissions: number;
  log(): string;
  stop(): Promise<void>;
}

/** Debian's Postfix, with a configuration, queue and log of its own under `directory`; it delivers through Dovecot. */
export async function startPostfix(
  directory: string,
  users: readonly User[],
  certificates: Certificates,
  dovecot: Dovecot,
): Promise<Postfix> {
  const [submission = 0, submissions = 0] = await freePorts(2);
  const at = (name: string) => join(directory, name);
  for (const one of ['etc', 'queue', 'data']) mkdirSync(at(one));
  const postfixUser = Number((await mustRun('id', ['-u', 'postfix'])).trim());
  chownSync(at('data'), postfixUser, 0);
  writeFileSync(at('etc/recipients'), users.map(({ login }) => `${login} ok\n`).join(''));
  writeFileSync(at('etc/main.cf'), mainCf({ at, certificates, dovecot, domain: domainOf(users) }));
  writeFileSync(at('etc/master.cf'), masterCf({ submission, submissions }));

  const postfix = findProgram('postfix')!;
  await mustRun(postfix, ['-c', at('etc'), 'check']); // makes the queue's folders
  const daemons = (
    await mustRun(findProgram('postconf')!, ['-c', at('etc'), '-h', 'daemon_directory'])
  ).trim();
  const child = start(join(daemons, 'master'), ['-c', at('etc'), '-d']);
  const output: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const log = () => {
    try {
      return readFileSync(at('postfix.log'), 'utf8');
    } catch {
      return output.join('');
    }
  };
  const alive = () =>
    child.exitCode === null ? undefined : `Postfix did not start:\n${output.join('')}${log()}`;
  for (const port of [submission, submissions]) await listening(port, alive);
  return {
    submission,
    submissions,
    log,
    stop: () => stop(child),
  };
}

function domainOf(users: readonly User[]): string {
  const domain = users[0]?.login.split('@')[1];
  if (domain === undefined) throw new Error('Postfix needs at least one user whose login is an address');
  return domain;
}

function mainCf(to: {
  at: (name: string) => string;
  certificates: Certificates;
  dovecot: Dovecot;
  domain: string;
}): string {
  const { at, certificates, dovecot, domain } = to;
  return `
compatibility_level = 3.6
queue_directory = ${at('queue')}
data_directory = ${at('data')}
maillog_file = ${at('postfix.log')}
maillog_file_prefixes = ${at('')}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.${domain}
mydestination =
mynetworks =
local_recipient_maps =
alias_maps =
alias_database =
virtual_mailbox_domains = ${domain}
virtual_mailbox_maps = texthash:${at('etc/recipients')}
virtual_transport = lmtp:inet:127.0.0.1:${dovecot.lmtp}
# Nothing leaves this machine.
default_transport = error:5.1.2 this host delivers to ${domain} only
smtpd_tls_cert_file = ${certificates.certificateFile}
smtpd_tls_key_file = ${certificates.keyFile}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${dovecot.auth}
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_client_restrictions =
smtpd_error_sleep_time = 0
smtpd_peername_lookup = no
# A message is delivered as it was handed in, but for the trace headers in front of it.
local_header_rewrite_clients =
message_drop_headers =
disable_mime_output_conversion = yes
lmtp_line_length_limit = 0
smtpd_forbid_bare_newline = normalize
message_size_limit = 10240000
lmtp_destination_concurrency_limit = 4
`;
}

function masterCf(ports: { submission: number; submissions: number }): string {
  return `
127.0.0.1:${ports.submission} inet n - n - - smtpd
127.0.0.1:${ports.submissions} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
}
