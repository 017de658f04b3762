import type { ImapProfile } from '../../profiles/imap-profile.ts';
import { has } from '../capabilities.ts';
import type { Numbered } from '../folders/selected-folder.ts';
import { crlfSizeBytes } from '../mime/crlf-form.ts';
import { decodeWords } from '../mime/decode-words.ts';
import { addressesOf } from '../mime/envelope.ts';
import { firstValue } from '../mime/header-block.ts';
import { mimeOf } from '../mime/mime-part.ts';
import type { ArgumentReader } from '../wire/argument-reader.ts';
import { BadArguments } from '../wire/bad-arguments.ts';
import { readHeaderDate } from '../wire/dates.ts';
import { baseSubject } from './base-subject.ts';

export interface SortCriterion {
  readonly reverse: boolean;
  readonly value: (message: Numbered) => string | number;
}

/** `(REVERSE DATE SUBJECT)` (RFC 5256 section 3). Throws `BadArguments`. */
export function readSortCriteria(given: ArgumentReader, profile: ImapProfile): readonly SortCriterion[] {
  return given.list(() => {
    let word = given.keyword();
    const reverse = word === 'REVERSE';
    if (reverse) {
      given.space();
      word = given.keyword();
    }
    const value = word.startsWith('DISPLAY') && !has(profile, 'SORT=DISPLAY') ? undefined : values[word];
    if (value === undefined) throw new BadArguments(`unknown sort criterion ${word}`);
    return { reverse, value };
  });
}

/** The messages in the order of the criteria; those alike in the order of the mailbox. */
export function sorted(
  messages: readonly Numbered[],
  criteria: readonly SortCriterion[],
): readonly Numbered[] {
  const keyed = messages.map((message) => ({ message, keys: criteria.map(({ value }) => value(message)) }));
  keyed.sort((one, other) => {
    for (const [n, { reverse }] of criteria.entries()) {
      const [a, b] = [one.keys[n] ?? '', other.keys[n] ?? ''];
      if (a !== b) return (a < b ? -1 : 1) * (reverse ? -1 : 1);
    }
    return one.message.number - other.message.number;
  });
  return keyed.map(({ message }) => message);
}

/** RFC 5256 section 2.2: when it was sent, or came in where it does not say. */
export function sentMs({ entry: { message } }: Numbered): number {
  const { bytes, root } = mimeOf(message.raw);
  const date = firstValue(bytes, root.header, 'date');
  return (date === undefined ? undefined : readHeaderDate(date)?.ms) ?? receivedMs(message);
}

/** INTERNALDATE knows seconds. */
function receivedMs({ receivedAtMs }: { readonly receivedAtMs: number }): number {
  return Math.floor(receivedAtMs / 1000) * 1000;
}

/** As it is compared. */
export function sortSubject({ entry }: Numbered): string {
  const { bytes, root } = mimeOf(entry.message.raw);
  return collated(baseSubject(decodeWords(firstValue(bytes, root.header, 'subject') ?? '')));
}

/** Taken apart and in upper case, as i;unicode-casemap compares (RFC 5051). */
function collated(text: string): string {
  return text.normalize('NFKD').toUpperCase();
}

const address =
  (name: string) =>
  ({ entry }: Numbered): string => {
    const { bytes, root } = mimeOf(entry.message.raw);
    return addressesOf(bytes, root.header, name)[0]?.mailbox?.toUpperCase() ?? '';
  };

/** What people see of who is first named there (RFC 5957): the name, or the address of who has none. */
const displayed =
  (field: string) =>
  ({ entry }: Numbered): string => {
    const { bytes, root } = mimeOf(entry.message.raw);
    const first = addressesOf(bytes, root.header, field)[0];
    const name = decodeWords(first?.name ?? '');
    const shown =
      name === '' ? [first?.mailbox, first?.host].filter((part) => part !== undefined).join('@') : name;
    return collated(shown);
  };

const values: Readonly<Record<string, SortCriterion['value']>> = {
  ARRIVAL: ({ entry }) => receivedMs(entry.message),
  CC: address('cc'),
  DATE: sentMs,
  DISPLAYFROM: displayed('from'),
  DISPLAYTO: displayed('to'),
  FROM: address('from'),
  SIZE: ({ entry }) => crlfSizeBytes(entry.message.raw),
  SUBJECT: sortSubject,
  TO: address('to'),
};
