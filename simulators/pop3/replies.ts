import { fill } from '../profiles/fill.ts';
import type { Pop3Profile } from '../profiles/profile.ts';

/**
 * Wire texts by situation, for profiles that do not have their own: Dovecot's, or what RFC 1939, 2449 and 3206 show.
 * Placeholders in braces are filled in when said.
 */
export const defaultReplies = {
  userAccepted: '+OK',
  signedIn: '+OK Logged in.',
  badCredentials: '-ERR [AUTH] Authentication failed.',
  expiredToken: '-ERR [AUTH] Authentication failed.',
  disabled: '-ERR [AUTH] Authentication failed.',
  saslCancelled: '-ERR Authentication aborted by client.',
  saslMalformed: '-ERR [AUTH] Invalid base64 data in initial response.',
  unsupportedMechanism: '-ERR [AUTH] Unsupported authentication mechanism.',
  noUserYet: '-ERR No username given.',
  locked: '-ERR [IN-USE] Mailbox is locked by another POP3 session.',
  loginDelay: '-ERR [LOGIN-DELAY] minimum time between mail checks violation',
  unknownCommand: '-ERR Unknown command.',
  badArgument: '-ERR Invalid arguments.',
  noSuchMessage: "-ERR There's no message {n}.",
  messageDeleted: '-ERR Message is deleted.',
  expunged: '-ERR Message {n} expunged.',
  marked: '+OK Marked to be deleted.',
  reset: '+OK',
  noop: '+OK',
  stat: '+OK {count} {octets}',
  listing: '+OK {count} messages:',
  uidls: '+OK',
  one: '+OK {n} {value}',
  retrieved: '+OK {octets} octets',
  top: '+OK',
  capabilities: '+OK',
  mechanisms: '+OK',
  startTls: '+OK Begin TLS negotiation now.',
  startTlsRefused: '-ERR TLS is not available here.',
  utf8: '+OK UTF8 enabled.',
  languages: '+OK Language listing follows:',
  languageChanged: '+OK {language} Language changed.',
  languageUnknown: '-ERR Unsupported language.',
  bye: '+OK Logging out.',
  byeDeleted: '+OK Logging out, messages deleted.',
  idle: '-ERR Disconnected for inactivity.',
  tooManyBadCommands: '-ERR Too many bad commands.',
  lineTooLong: '-ERR Input line too long.',
  implementation: 'mailclock',
} as const;

export type Situation = keyof typeof defaultReplies;

/** The texts of one profile: without response codes where it does not announce them. */
export class Replies {
  readonly #texts = new Map<Situation, string>();

  constructor(profile: Pop3Profile) {
    const codes = profile.capabilities.includes('RESP-CODES');
    const authCodes = profile.capabilities.includes('AUTH-RESP-CODE');
    // Object.keys of this very record: the situations.
    for (const situation of Object.keys(defaultReplies) as Situation[]) {
      let text: string = defaultReplies[situation];
      if (!codes) text = text.replace(/\[(?:IN-USE|LOGIN-DELAY)\] /, '');
      if (!authCodes) text = text.replace(/\[(?:AUTH|SYS\/\w+)\] /, '');
      this.#texts.set(situation, profile.replies[situation] ?? text);
    }
  }

  say(situation: Situation, fields?: Readonly<Record<string, string | number>>): string {
    const text = this.#texts.get(situation) ?? defaultReplies[situation];
    return fields === undefined ? text : fill(text, fields);
  }
}

const made = new WeakMap<Pop3Profile, Replies>();

export function repliesOf(profile: Pop3Profile): Replies {
  let replies = made.get(profile);
  if (replies === undefined) {
    replies = new Replies(profile);
    made.set(profile, replies);
  }
  return replies;
}
