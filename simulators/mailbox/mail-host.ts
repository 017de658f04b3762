/**
 * The mail of one provider: its mailboxes and what every door (POP3, SMTP, IMAP, Graph) does with them.
 * This file is the contract between the doors and the model; the model itself is beside it.
 */
import type { GroundTruth } from './ground-truth.ts';
import type { Mailbox } from './mailbox.ts';
import type { StoredMessage } from './stored-message.ts';

export type Credential =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  /** APOP (RFC 1939): hex MD5 over `challenge` followed by the password. */
  | { readonly kind: 'apop'; readonly challenge: string; readonly digest: string };

export type SignIn =
  | {
      readonly ok: true;
      readonly mailbox: Mailbox;
      /** Signed in with a token that expires then (ms since the epoch); what becomes of the session is the door's to say. */
      readonly tokenExpiresAtMs?: number;
    }
  | {
      readonly ok: false;
      readonly reason: 'unknown-login' | 'wrong-secret' | 'expired-token' | 'revoked' | 'disabled';
    };

export interface Delivery {
  readonly raw: Buffer;
  readonly envelopeFrom: string;
  /** Defaults to the inbox. */
  readonly folder?: string;
  readonly flags?: readonly string[];
  /** Ms since the epoch; now, unless the door lets its client say when (IMAP APPEND). */
  readonly receivedAtMs?: number;
}

export interface MailHost {
  /** By address, in lower case, in the order they were created. */
  readonly mailboxes: ReadonlyMap<string, Mailbox>;
  readonly truth: GroundTruth;
  /** By address, alias or login; case-insensitive. */
  find(address: string): Mailbox | undefined;
  /** True for addresses this host must know; others belong to the outside world and are counted there. */
  isLocal(address: string): boolean;
  signIn(login: string, credential: Credential): SignIn;
  /** Puts a message into a mailbox, dated by the world's clock. */
  deliver(mailbox: Mailbox, delivery: Delivery): StoredMessage;
  /** Mail for an address outside the world: kept in the ground truth only. */
  sendOutside(address: string, delivery: Delivery): void;
}
