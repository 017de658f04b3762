import addressparser from 'nodemailer/lib/addressparser';
import { decodeWords } from './decode-words.ts';

export interface NamedAddress {
  readonly name: string;
  readonly address: string;
}

/** The mailboxes of an address field (RFC 5322 section 3.4), groups taken apart. What has no address is left out. */
export function addressList(value: string | undefined): readonly NamedAddress[] {
  if (value === undefined || value === '') return [];
  return addressparser(value, { flatten: true })
    .filter(({ address }) => address !== undefined && address !== '')
    .map(({ name, address }) => ({ name: decodeWords(name ?? ''), address: address ?? '' }));
}
