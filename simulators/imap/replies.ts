import { fill } from '../profiles/fill.ts';
import type { ImapProfile } from '../profiles/imap-profile.ts';
import { perProfile } from './per-profile.ts';

/**
 * Wire texts by situation, for profiles that do not have their own: Dovecot 2.3's, or what RFC 3501 and 5530 show.
 * Placeholders in braces are filled in when said; `{command}` is the command in its own words.
 */
export const defaultReplies = {
  signedIn: 'OK Logged in',
  done: 'OK {Command} completed.',
  statusOfSelected: 'OK {Command} completed.',
  badCredentials: 'NO [AUTHENTICATIONFAILED] Authentication failed.',
  expiredToken: 'NO [AUTHENTICATIONFAILED] Authentication failed.',
  disabled: 'NO [AUTHENTICATIONFAILED] Authentication failed.',
  saslCancelled: 'BAD Authentication aborted by client.',
  saslMalformed: 'NO [AUTHENTICATIONFAILED] Invalid base64 data in initial response.',
  unsupportedMechanism: 'NO Unsupported authentication mechanism.',
  privacyRequired:
    'NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
  unknownCommand: 'BAD Error in IMAP command {COMMAND}: Unknown command.',
  wrongState: 'BAD Error in IMAP command {COMMAND}: Unknown command.',
  badArguments: 'BAD Error in IMAP command {COMMAND}: {reason}.',
  badCommand: 'BAD Error in IMAP command received by server.',
  noMailboxSelected: 'BAD No mailbox selected.',
  readOnlyConditional: 'NO CONDSTORE failed: Mailbox is read-only.',
  readOnly: 'NO [READ-ONLY] Mailbox is read-only',
  noSuchMailbox: "NO [NONEXISTENT] Mailbox doesn't exist: {mailbox}",
  tryCreate: "NO [TRYCREATE] Mailbox doesn't exist: {mailbox}",
  mailboxExists: 'NO [ALREADYEXISTS] Mailbox already exists',
  badMailboxName: 'NO [CANNOT] Invalid mailbox name: {mailbox}',
  notModifiedUtf7: 'NO Mailbox name is not valid mUTF-7: {mailbox}',
  cannotOpen: "NO [NONEXISTENT] Mailbox doesn't exist: {mailbox}",
  cannotDelete: "NO [CANNOT] {mailbox} can't be deleted.",
  cannotRename: "NO [CANNOT] {mailbox} can't be renamed.",
  hasChildren: 'NO [CANNOT] Mailbox has children, delete them first',
  tooBig: 'NO [TOOBIG] Maximum message size exceeded.',
  literalTooBig: 'BAD [TOOBIG] Literal too large.',
  badUrl: 'NO [BADURL {url}] There is no such message.',
  binaryAfterText: 'NO [UNKNOWN-CTE] Binary input allowed only when the first part is binary.',
  emptyMessage: "NO Can't save a zero byte message.",
  badCharset: 'NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset',
  unknownEncoding: 'NO [UNKNOWN-CTE] Unknown Content-Transfer-Encoding.',
  overQuota: 'NO [OVERQUOTA] Quota exceeded (mailbox for user is full)',
  unknownSearch: 'NO Unknown tag.',
  noMessages: 'OK No messages found.',
  expunged: 'NO [EXPUNGEISSUED] Some of the requested messages no longer exist.',
  invalidMessageset: 'BAD Invalid messageset',
  startTls: 'OK Begin TLS negotiation now.',
  compressed: 'OK Begin compression.',
  compressionActive: 'NO [COMPRESSIONACTIVE] COMPRESSION already enabled.',
  startTlsRefused: 'BAD TLS is already active.',
  bye: '* BYE Logging out',
  idle: '* BYE Disconnected for inactivity.',
  loginIdle: '* BYE Disconnected for inactivity during authentication.',
  tooManyBadCommands: '* BYE Too many invalid IMAP commands.',
  lineTooLong: '* BYE Input buffer full, aborting',
  selectedDeleted: '* BYE Selected mailbox was deleted, have to disconnect.',
  inconsistent: '* BYE IMAP session state is inconsistent, please relogin.',
  idling: '+ idling',
  goAhead: '+ OK',
} as const;

export type Situation = keyof typeof defaultReplies;

/** The texts of one profile: without `[AUTHENTICATIONFAILED]` and the like nothing is lost, so they are kept. */
export class Replies {
  static readonly of = perProfile((profile) => new Replies(profile));
  readonly #texts: Readonly<Record<string, string>>;
  /** What was said about a command and nothing else, by situation and command. */
  readonly #ofCommands = new Map<Situation, Map<string, string>>();

  constructor(profile: ImapProfile) {
    this.#texts = profile.replies;
  }

  say(situation: Situation, fields?: Readonly<Record<string, string | number>>): string {
    const text = this.#texts[situation] ?? defaultReplies[situation];
    return fields === undefined ? text : fill(text, fields);
  }

  /** With a command of the table of commands in it. */
  sayOf(situation: Situation, command: string, fields?: Readonly<Record<string, string | number>>): string {
    if (fields !== undefined) return this.say(situation, { ...wordsFor(command), ...fields });
    let texts = this.#ofCommands.get(situation);
    if (texts === undefined) {
      texts = new Map();
      this.#ofCommands.set(situation, texts);
    }
    let text = texts.get(command);
    if (text === undefined) {
      text = this.say(situation, wordsFor(command));
      texts.set(command, text);
    }
    return text;
  }
}

function wordsFor(command: string): Readonly<Record<string, string>> {
  const worded = command.charAt(0) + command.slice(1).toLowerCase();
  return { COMMAND: command, Command: worded, command: command.toLowerCase() };
}
