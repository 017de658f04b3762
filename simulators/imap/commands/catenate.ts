import { readSectionText } from '../fetch/section-items.ts';
import { mimeOf } from '../mime/mime-part.ts';
import { sectionBytes } from '../mime/section.ts';
import type { Reply } from '../reply.ts';
import type { ImapSession } from '../session.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import type { Literal } from '../wire/command-reader.ts';
import { readMessageUrl } from '../wire/message-url.ts';

/** What a message is put together of (RFC 4469). */
export type CatenatePart = { readonly url: string } | { readonly literal: Literal };

/** `(URL "…" TEXT {…})`. Throws `BadArguments`. */
export function readCatenateParts(given: ArgumentReader, { utf8 }: ImapSession): readonly CatenatePart[] {
  return given.list(() => {
    const word = given.keyword();
    given.space();
    if (word === 'URL') return { url: given.astring() };
    if (word === 'TEXT') return { literal: given.literal() };
    // RFC 6855 section 4.
    if (word !== 'UTF8' || !utf8) throw new BadArguments(`unknown part ${word}`);
    given.expect('(');
    const literal = given.literal();
    given.expect(')');
    return { literal };
  });
}

/** The message that parts make, or why it cannot be made. */
export function catenated(
  session: ImapSession,
  parts: readonly CatenatePart[],
): Literal | { readonly refusal: Reply } {
  const pieces: Buffer[] = [];
  const [first] = parts;
  const binary = first !== undefined && 'literal' in first && first.literal.binary;
  for (const part of parts) {
    if ('literal' in part) {
      // Dovecot knows by the first part how to write the message.
      if (part.literal.binary && !binary) return { refusal: session.say('binaryAfterText') };
      pieces.push(part.literal.bytes);
      continue;
    }
    const bytes = bytesAt(session, part.url);
    if (bytes === undefined) return { refusal: session.say('badUrl', { url: part.url }) };
    pieces.push(bytes);
  }
  return { bytes: Buffer.concat(pieces), binary };
}

/** What a URL names; undefined when there is no such thing. */
function bytesAt(session: ImapSession, text: string): Buffer | undefined {
  const url = readMessageUrl(text);
  if (url === undefined) return undefined;
  const folder = url.mailbox === undefined ? session.selected?.folder : session.names?.find(url.mailbox);
  if (folder === undefined || session.folders?.noselect.has(folder.id) === true) return undefined;
  if (url.uidValidity !== undefined && url.uidValidity !== session.uidValidityOf(folder)) return undefined;
  const entry = folder.entries.find(({ uid }) => uid === url.uid);
  const section = readSectionText(url.section);
  if (entry === undefined || section === undefined) return undefined;
  // A part there is not is empty, as in FETCH.
  const bytes = sectionBytes(mimeOf(entry.message.raw), section) ?? Buffer.alloc(0);
  const { origin = 0, size } = url.partial ?? {};
  return bytes.subarray(origin, size === undefined ? undefined : origin + size);
}
