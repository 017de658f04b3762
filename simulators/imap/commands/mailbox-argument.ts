import type { Folder } from '../../mailbox/folder.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../wire/modified-utf7.ts';
import { astring, astringUtf8, octets } from '../wire/quote.ts';

/** A mailbox name as a client gave it. */
export interface MailboxArgument {
  /** As it came. */
  readonly given: string;
  /** In characters; undefined when it is in no form of names: modified UTF-7 (RFC 3501 section 5.1.3), or UTF-8. */
  readonly name: string | undefined;
}

export function mailboxArgument(given: ArgumentReader, session: ImapSession): MailboxArgument {
  const text = given.astring();
  return { given: text, name: decodeMailboxName(text, session) };
}

/** A name in characters; undefined when it is not in the form that the session has names in (RFC 6855 section 3). */
export function decodeMailboxName(text: string, { utf8Names, rev2 }: ImapSession): string | undefined {
  if (!utf8Names) return decodeModifiedUtf7(text);
  const characters = Buffer.from(text, 'latin1').toString('utf8');
  if (octets(characters) !== text) return undefined;
  // RFC 9051 section 5.1: names are Net-Unicode, which is composed.
  return rev2 ? characters.normalize('NFC') : characters;
}

/** A name in characters as it goes over the wire. */
export function wireName(name: string, { utf8Names }: ImapSession): string {
  return utf8Names ? astringUtf8(octets(name)) : astring(encodeModifiedUtf7(name));
}

/** A rule can have every folder under a second name, below INBOX. */
function aliased({ gate, names }: ImapSession, name: string): Folder | undefined {
  if (gate.plan === undefined || !name.startsWith('INBOX/')) return undefined;
  return gate.plan.twist.flips('NAME').includes('doubled') ? names?.find(name.slice(6)) : undefined;
}

/** The folder of a name, or the reply that says there is none. */
export function namedFolder(
  session: ImapSession,
  { given, name }: MailboxArgument,
  missing: 'noSuchMailbox' | 'cannotOpen' | 'tryCreate' = 'noSuchMailbox',
): { readonly folder: Folder } | { readonly folder: undefined; readonly refusal: Reply } {
  const folder = name === undefined ? undefined : (session.names?.find(name) ?? aliased(session, name));
  if (folder !== undefined && session.folders?.noselect.has(folder.id) !== true) return { folder };
  const situation = name === undefined ? 'notModifiedUtf7' : missing;
  return { folder: undefined, refusal: session.say(situation, { mailbox: given }) };
}
