import { isDeepStrictEqual } from 'node:util';
import type { Address, FieldName, OurFields, PythonAttachment, PythonFields } from './fields.ts';

/**
 * Where mailparser and Python's email package read the same bytes differently, and why. Each rule rebuilds our value
 * from Python's (and the raw header), so that it explains one kind of difference and nothing beside it.
 */
export interface DifferenceRule {
  readonly name: string;
  readonly reason: string;
  readonly fields: readonly FieldName[];
  readonly explains: (ours: OurFields, python: PythonFields, field: FieldName, raw: string) => boolean;
}

const collapse = (text: string) => text.replace(/[\t ]+/g, ' ').trim();

export const differenceRules: readonly DifferenceRule[] = [
  {
    name: 'white space of folding',
    reason:
      'Python keeps the white space that folded a line (RFC 5322 2.2.3 unfolds by removing CRLF alone); mailparser makes each run of it one space and trims.',
    fields: ['subject'],
    explains: (ours, python) =>
      typeof python.subject === 'string' && ours.subject === collapse(python.subject),
  },
  {
    name: 'identifier in angle brackets',
    reason:
      'RFC 5322 3.6.4 wants <id>; Python gives the text as it stands, mailparser trims it and adds missing brackets.',
    fields: ['messageId'],
    explains: (ours, python) =>
      typeof python.messageId === 'string' &&
      ours.messageId === `<${python.messageId.trim().replace(/^<|>$/g, '')}>`,
  },
  {
    name: 'address read in another way',
    reason: 'In one address of the header: see the kinds below.',
    fields: ['from', 'to'],
    explains: (ours, python, field, raw) => {
      if (field !== 'from' && field !== 'to') return false;
      const theirs = python[field];
      if (!Array.isArray(theirs) || theirs.length !== ours[field].length) return false;
      return ours[field].every((address, at) => {
        const other = theirs[at] as Address; // one of `length` addresses
        return (
          isDeepStrictEqual(address, other) || addressKinds.some((kind) => kind.explains(address, other, raw))
        );
      });
    },
  },
  {
    name: 'parts that are read instead of attached',
    reason:
      'mailparser knows no leaf called multipart/* (one without any part in it), shows message/delivery-status as text, goes on inside a message/rfc822 whose disposition is inline, and takes an untyped part of a multipart/digest for text/plain (RFC 2046 5.1.5 says message/rfc822); the raw message keeps them all.',
    fields: ['attachments'],
    explains: (ours, python) =>
      Array.isArray(python.attachments) &&
      isDeepStrictEqual(ours.attachments, asMailparser(python.attachments)),
  },
];

/** Kinds of one address read differently. */
export const addressKinds: readonly {
  readonly name: string;
  readonly reason: string;
  readonly explains: (ours: Address, python: Address, raw: string) => boolean;
}[] = [
  {
    name: 'comment as name',
    reason:
      '`anna@example.com (Anna)`: the comment was the display name before RFC 2822; mailparser takes it, Python drops comments.',
    explains: ([name, address], [theirName, theirAddress], raw) =>
      theirName === '' && address === theirAddress && collapse(raw).includes(`(${name})`),
  },
  {
    name: 'no domain',
    reason: '`foo` alone: Python calls it a local part without domain, mailparser a name without address.',
    explains: ([name, address], [theirName, theirAddress]) =>
      address === '' &&
      theirName === '' &&
      !theirAddress.includes('@') &&
      name !== '' &&
      theirAddress.replace(/^"|"$/g, '') === name,
  },
  {
    name: 'empty address',
    reason: '`<>`: Python writes it out, mailparser leaves it empty.',
    explains: ([name, address], [theirName, theirAddress]) =>
      address === '' && theirAddress === '<>' && name === theirName,
  },
  {
    name: 'white space in a name',
    reason: 'As in subjects: mailparser makes runs of white space one space and trims.',
    explains: ([name, address], [theirName, theirAddress]) =>
      address === theirAddress && name === collapse(theirName),
  },
  {
    name: 'address as its own name',
    reason: '`a@b <a@b>`: mailparser drops a name that repeats the address.',
    explains: ([name, address], [theirName, theirAddress]) =>
      name === '' && address === theirAddress && theirName === address,
  },
];

function asMailparser(parts: readonly PythonAttachment[]): { name: string | null; type: string }[] {
  return parts.flatMap(({ name, type, inline, untyped, opened }) => {
    if (type === 'message/delivery-status' || type.startsWith('multipart/')) return [];
    if (type === 'message/rfc822' && untyped) return [];
    if (type === 'message/rfc822' && inline) return asMailparser(opened);
    return [{ name, type }];
  });
}
