import { hash } from 'node:crypto';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import type { Attachment, Party, PartyRole, ReceivedEmail } from '../records/email.ts';
import { receivedDate, sentDate } from './message-dates.ts';

/** The bytes are stored as they are: nothing is made of one body that another already says. */
const asIs = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipImageLinks: true,
  skipTextLinks: true,
  keepCidLinks: true,
} as const;

/** Hex SHA-256, the identity of a message's bytes. */
export function contentHash(raw: Uint8Array): string {
  return hash('sha256', raw, 'hex');
}

/**
 * Reads a message with mailparser. Rejects on what it refuses (headers or nesting without end). Dates are read here:
 * mailparser puts the current time where a Date header makes no sense. `now` stands in for a date nobody wrote.
 */
export async function parseMessage(raw: Buffer, rawSha256: string, now: number): Promise<ReceivedEmail> {
  const mail = await simpleParser(raw, asIs);
  const lines = mail.headerLines ?? [];
  return {
    messageId: clean(mail.messageId),
    inReplyTo: clean(mail.inReplyTo),
    subject: clean(mail.subject),
    sentOn: sentDate(lines),
    receivedOn: receivedDate(lines) ?? now,
    parties: parties(mail),
    textBody: clean(mail.text),
    htmlBody: mail.html === false ? undefined : clean(mail.html),
    attachments: (mail.attachments ?? []).map(attachment),
    raw,
    rawSha256,
  };
}

/** Text any database takes: no NUL, no half of a surrogate pair. */
function clean(text: string | undefined): string | undefined {
  if (typeof text !== 'string') return undefined;
  return (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
}

function parties(mail: ParsedMail): Party[] {
  const found: Party[] = [];
  const headers: readonly [PartyRole, AddressObject | AddressObject[] | undefined][] = [
    ['from', mail.from],
    ['to', mail.to],
    ['cc', mail.cc],
    ['bcc', mail.bcc],
    ['replyTo', mail.replyTo],
  ];
  for (const [role, header] of headers) {
    if (header === undefined) continue;
    for (const object of Array.isArray(header) ? header : [header])
      addParties(found, role, object.value ?? []);
  }
  return found;
}

/** A group (RFC 5322 3.4) counts as its members. */
function addParties(found: Party[], role: PartyRole, addresses: AddressObject['value']): void {
  for (const { name, address, group } of addresses) {
    if (group !== undefined) addParties(found, role, group);
    else if (address || name) found.push({ role, name: clean(name) ?? '', address: clean(address) ?? '' });
  }
}

function attachment(part: ParsedMail['attachments'][number]): Attachment {
  return {
    fileName: clean(part.filename),
    mimeType: part.contentType,
    contentId: clean(part.contentId),
    sizeBytes: part.content.length,
    content: part.content,
  };
}
