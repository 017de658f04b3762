import { chownSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../requirements.ts';
import type { Certificates } from './certificates.ts';
import { mustRun, start, stop } from './child.ts';
import { freePorts, listening } from './ports.ts';

export interface User {
  /** Login and address. */
  readonly login: string;
  readonly password: string;
  /** What all folders may hold together; default any number of bytes. */
  readonly quotaBytes?: number;
}

export interface Dovecot {
  /** POP3 with STLS. */
  readonly pop3: number;
  readonly pop3s: number;
  /** IMAP with STARTTLS. */
  readonly imap: number;
  readonly imaps: number;
  /** Where Postfix hands mail over. */
  readonly lmtp: number;
  /** Where Postfix asks about passwords (SASL). */
  readonly auth: number;
  /** Puts messages into a user's inbox, in this order; their bytes are written as they are. */
  put(login: string, messages: readonly Uint8Array[]): void;
  /**
   * Forgets the UIDs of a folder (the inbox unless named), as a restored or migrated mailbox has: another UIDVALIDITY,
   * numbers from 1.
   */
  forgetUids(login: string, folder?: string): void;
  log(): string;
  stop(): Promise<void>;
}

/** Unprivileged owner of the Maildirs: `mail` of every Debian system. */
const mailUser = { uid: 8, gid: 8 };

/** Debian's Dovecot in the foreground, with a configuration, sockets and Maildirs of its own under `directory`. */
export async function startDovecot(
  directory: string,
  users: readonly User[],
  certificates: Certificates,
): Promise<Dovecot> {
  const [pop3 = 0, pop3s = 0, lmtp = 0, auth = 0, imap = 0, imaps = 0] = await freePorts(6);
  const at = (name: string) => join(directory, name);
  for (const one of ['run', 'state', 'mail']) mkdirSync(at(one));
  chownSync(at('mail'), mailUser.uid, mailUser.gid);
  writeFileSync(at('passwd'), users.map(passwdLine).join(''));
  writeFileSync(
    at('dovecot.conf'),
    configuration({ at, certificates, ports: { pop3, pop3s, lmtp, auth, imap, imaps } }),
  );
  await mustRun(findProgram('doveconf')!, ['-n', '-c', at('dovecot.conf')]);

  const child = start(findProgram('dovecot')!, ['-F', '-c', at('dovecot.conf')]);
  const output: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const log = () => {
    try {
      return readFileSync(at('dovecot.log'), 'utf8');
    } catch {
      return output.join('');
    }
  };
  const alive = () =>
    child.exitCode === null ? undefined : `Dovecot did not start:\n${output.join('')}${log()}`;
  for (const port of [pop3, pop3s, lmtp, auth, imap, imaps]) await listening(port, alive);

  let delivered = 0;
  return {
    pop3,
    pop3s,
    imap,
    imaps,
    lmtp,
    auth,
    put: (login, messages) => {
      for (const one of [
        at(`mail/${login}`),
        ...['', 'cur', 'new', 'tmp'].map((part) => at(`mail/${login}/${part}`)),
      ]) {
        mkdirSync(one, { recursive: true });
        chownSync(one, mailUser.uid, mailUser.gid);
      }
      for (const message of messages) {
        // Dovecot numbers new mail in the order of its file names, and takes a file from new/ the moment it is there.
        const name = `${1_700_000_000 + ++delivered}.peer.localhost`;
        const file = at(`mail/${login}/tmp/${name}`);
        writeFileSync(file, message);
        chownSync(file, mailUser.uid, mailUser.gid);
        renameSync(file, at(`mail/${login}/new/${name}`));
      }
    },
    forgetUids: (login, folder) => {
      const directory = at(folder === undefined ? `mail/${login}` : `mail/${login}/.${folder}`);
      for (const name of readdirSync(directory))
        if (/^dovecot(?:-uidlist|\.index)/.test(name)) rmSync(join(directory, name));
    },
    log,
    stop: () => stop(child),
  };
}

/** passwd(5) with extra fields, as Dovecot has it. */
function passwdLine({ login, password, quotaBytes }: User): string {
  const quota = quotaBytes === undefined ? '' : `userdb_quota_rule=*:bytes=${quotaBytes}`;
  return `${login}:{PLAIN}${password}::::::${quota}\n`;
}

function configuration(to: {
  at: (name: string) => string;
  certificates: Certificates;
  ports: Readonly<Record<'pop3' | 'pop3s' | 'lmtp' | 'auth' | 'imap' | 'imaps', number>>;
}): string {
  const { at, certificates, ports } = to;
  return `
protocols = imap pop3 lmtp
listen = 127.0.0.1
base_dir = ${at('run')}
state_dir = ${at('state')}
log_path = ${at('dovecot.log')}
auth_verbose = yes

ssl = yes
ssl_cert = <${certificates.certificateFile}
ssl_key = <${certificates.keyFile}
disable_plaintext_auth = no
auth_mechanisms = plain login
# A test that gives a wrong password should not wait for it.
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}

passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${at('passwd')}
}
userdb {
  driver = passwd-file
  args = username_format=%u ${at('passwd')}
  override_fields = uid=${mailUser.uid} gid=${mailUser.gid} home=${at('mail')}/%u
}
mail_plugins = quota
plugin {
  quota = count:User quota
  quota_vsizes = yes
}
first_valid_uid = 1
mail_location = maildir:${at('mail')}/%u
mail_fsync = never
namespace inbox {
  inbox = yes
  separator = /
}
lmtp_save_to_detail_mailbox = no
protocol lmtp {
  postmaster_address = postmaster@example.test
}

service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = ${ports.pop3}
  }
  inet_listener pop3s {
    port = ${ports.pop3s}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = ${ports.auth}
  }
}
`;
}
