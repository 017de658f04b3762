import { createHash } from 'node:crypto';
import { conversationOf, sha256Of } from '../../mailbox/raw-facts.ts';
import type { ImapCapability } from '../../profiles/imap-profile.ts';
import { flagsText } from '../folders/flags.ts';
import { gmailItems } from '../gmail/gmail-items.ts';
import { bodyStructureText } from '../mime/body-structure.ts';
import { crlfForm } from '../mime/crlf-form.ts';
import { envelopeText } from '../mime/envelope.ts';
import { readHeaderBlock } from '../mime/header-block.ts';
import { mimeOf } from '../mime/mime-part.ts';
import { previewOf } from '../mime/preview.ts';
import { dateTimeText } from '../wire/dates.ts';
import { octets, quote } from '../wire/quote.ts';
import type { FetchItem } from './fetch-item.ts';
import { shownSizeBytes } from './shown-size.ts';

const flags: FetchItem = {
  name: 'FLAGS',
  render: ({ entry }, { selected }) => `FLAGS ${flagsText(entry, selected)}`,
};
const uid: FetchItem = {
  name: 'UID',
  render: ({ entry, number }, { twist }) => {
    const flips = twist.flips('UID');
    const shown = flips.includes('renumbered')
      ? number
      : flips.includes('changed')
        ? entry.uid + 1000
        : entry.uid;
    return `UID ${shown + twist.lie('UID')}`;
  },
};
const modSeq: FetchItem = {
  name: 'MODSEQ',
  render: ({ entry }, { selected, twist }) => {
    selected.shows(entry.modSeq);
    return `MODSEQ (${entry.modSeq + twist.lie('MODSEQ')})`;
  },
};
const internalDate: FetchItem = {
  name: 'INTERNALDATE',
  render: ({ entry }, { twist }) =>
    `INTERNALDATE "${dateTimeText(entry.message.receivedAtMs + twist.lie('INTERNALDATE') * 1000)}"`,
};
const size: FetchItem = {
  name: 'RFC822.SIZE',
  render: ({ entry }, { session, twist }) => {
    const shown = shownSizeBytes(session.profile, entry.message.raw);
    return `RFC822.SIZE ${shown + twist.lie('RFC822.SIZE') + twist.lie('SIZE')}`;
  },
};
const envelope: FetchItem = {
  name: 'ENVELOPE',
  render: ({ entry }) => {
    const bytes = crlfForm(entry.message.raw);
    return `ENVELOPE ${envelopeText(bytes, readHeaderBlock(bytes, 0, bytes.length))}`;
  },
};
const body: FetchItem = {
  name: 'BODY',
  render: ({ entry }) => `BODY ${bodyStructureText(mimeOf(entry.message.raw), false)}`,
};
const bodyStructure: FetchItem = {
  name: 'BODYSTRUCTURE',
  render: ({ entry }) => `BODYSTRUCTURE ${bodyStructureText(mimeOf(entry.message.raw), true)}`,
};
/** RFC 8474 section 5.1: the same for copies, so it is made of what they have in common. */
const emailId: FetchItem = {
  name: 'EMAILID',
  render: ({ entry }) => `EMAILID (${emailIdOf(entry.message.raw)})`,
};
const threadId: FetchItem = {
  name: 'THREADID',
  render: ({ entry }) => `THREADID (${threadIdOf(entry.message.raw)})`,
};
const saveDate: FetchItem = {
  name: 'SAVEDATE',
  render: ({ entry }) => `SAVEDATE "${dateTimeText(entry.savedAtMs)}"`,
};

/** RFC 8970. It is as easily made as told: LAZY changes nothing. */
const preview: FetchItem = {
  name: 'PREVIEW',
  render: ({ entry }) => `PREVIEW ${quote(octets(previewOf(entry.message.raw)))}`,
};

export function emailIdOf(raw: Buffer): string {
  return `M${sha256Of(raw).slice(0, 24)}`;
}

export function threadIdOf(raw: Buffer): string {
  return `T${createHash('sha256').update(conversationOf(raw)).digest('hex').slice(0, 24)}`;
}

interface SimpleItem {
  readonly item: FetchItem;
  readonly needs?: ImapCapability;
}

/** Data items that are a word, with the extension that brings them. */
export const simpleItems: ReadonlyMap<string, SimpleItem> = new Map(
  [
    ...[flags, uid, internalDate, size, envelope, body, bodyStructure].map((item): SimpleItem => ({ item })),
    { item: modSeq, needs: 'CONDSTORE' as const },
    { item: emailId, needs: 'OBJECTID' as const },
    { item: threadId, needs: 'OBJECTID' as const },
    { item: preview, needs: 'PREVIEW' as const },
    { item: saveDate, needs: 'SAVEDATE' as const },
    ...gmailItems.map((item) => ({ item, needs: 'X-GM-EXT-1' as const })),
  ].map((simple: SimpleItem) => [simple.item.name, simple]),
);

/** RFC 3501 section 6.4.5. */
export const macros: Readonly<Record<string, readonly string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

export { flags as flagsItem, modSeq as modSeqItem, uid as uidItem };
