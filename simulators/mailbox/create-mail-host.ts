import type { Clock } from '../clock/clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { TokenAuthority } from '../oauth/token-authority.ts';
import type { Trace } from '../trace/event.ts';
import { Account } from './account.ts';
import { Books } from './books.ts';
import { Credentials, type TokenSpec } from './credentials.ts';
import { judgeToken } from './judge-token.ts';
import type { Credential, Delivery, MailHost, SignIn } from './mail-host.ts';
import type { Mailbox } from './mailbox.ts';
import type { StoredMessage } from './stored-message.ts';

/** A mailbox to be made. */
export interface MailboxSpec {
  readonly address: string;
  /** What its owner signs in with; the address unless given (which works in any case). */
  readonly login?: string;
  /** Other addresses that deliver here. */
  readonly aliases?: readonly string[];
  /** Absent: no password opens it. */
  readonly password?: string;
  readonly tokens?: readonly TokenSpec[];
  readonly disabled?: boolean;
  readonly tenant?: string;
}

export interface MailHostOptions {
  /** Addresses of this domain must be known here; all others are outside. */
  readonly domain: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly trace: Trace;
  readonly mailboxes: readonly MailboxSpec[];
  /** Folders are labels (see `Mailbox`). Default: a message is in one folder. */
  readonly labels?: boolean | undefined;
  /**
   * Who judges bearer tokens that no mailbox was given by hand. Asked at each sign-in, since the one who judges is made
   * after the mail it judges for.
   */
  readonly authority?: () => TokenAuthority | undefined;
}

const noFlags: readonly string[] = [];

/** Makes the mail of one provider. Throws when two mailboxes claim one address or login. */
export function createMailHost(options: MailHostOptions): MailHost {
  const { clock, entropy, trace } = options;
  const domain = options.domain.toLowerCase();
  const truth = new Books(clock);
  const mailboxes = new Map<string, Account>();
  const names = new Map<string, Account>();

  for (const spec of options.mailboxes) {
    const credentials = new Credentials(spec);
    const { address, tenant } = spec;
    const { labels } = options;
    const account = new Account({
      address,
      tenant,
      credentials,
      clock,
      entropy,
      trace,
      books: truth,
      labels,
    });
    for (const name of new Set([address, spec.login ?? address, ...(spec.aliases ?? [])].map(lower))) {
      if (names.has(name))
        throw new Error(
          `Two mailboxes of ${domain} claim ${name}: give each its own address, login and aliases.`,
        );
      names.set(name, account);
    }
    mailboxes.set(address.toLowerCase(), account);
  }

  const find = (address: string): Account | undefined => names.get(address.toLowerCase());

  return {
    mailboxes,
    truth,
    find,
    isLocal(address: string): boolean {
      return (
        address.slice(address.lastIndexOf('@') + 1).toLowerCase() === domain || find(address) !== undefined
      );
    },
    signIn(login: string, credential: Credential): SignIn {
      const mailbox = find(login);
      if (mailbox === undefined) return { ok: false, reason: 'unknown-login' };
      const { credentials } = mailbox;
      if (credential.kind === 'token') {
        const authority = options.authority?.();
        return judgeToken(credential.token, { mailbox, authority, nowMs: clock.now() });
      }
      const reason = credentials.refuse(credential, clock.now());
      return reason === undefined ? { ok: true, mailbox } : { ok: false, reason };
    },
    deliver(mailbox: Mailbox, delivery: Delivery): StoredMessage {
      const account = mailboxes.get(mailbox.address.toLowerCase());
      if (account === undefined || account !== mailbox)
        throw new Error(`${mailbox.address} is no mailbox of ${domain}: deliver to one this host made.`);
      const { raw, envelopeFrom, folder, flags, receivedAtMs } = delivery;
      return account.file(
        { raw, envelopeFrom, receivedAtMs: receivedAtMs ?? clock.now() },
        folder ?? account.inbox.name,
        flags ?? noFlags,
      ).message;
    },
    sendOutside(address: string, delivery: Delivery): void {
      truth.departed(address, delivery.envelopeFrom, delivery.raw);
    },
  };
}

function lower(text: string): string {
  return text.toLowerCase();
}
