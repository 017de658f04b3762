import type { ImapCapability, ImapProfile } from '../profiles/imap-profile.ts';

/** Extensions of IMAP4rev1 that IMAP4rev2 has built in (RFC 9051 appendix E, items 2 to 4); of BINARY, what FETCH has. */
const builtIn: ReadonlySet<ImapCapability> = new Set<ImapCapability>([
  ...([
    'NAMESPACE',
    'UNSELECT',
    'UIDPLUS',
    'ESEARCH',
    'SEARCHRES',
    'ENABLE',
    'IDLE',
    'SASL-IR',
    'MOVE',
  ] as const),
  ...([
    'LIST-EXTENDED',
    'LIST-STATUS',
    'CHILDREN',
    'SPECIAL-USE',
    'STATUS=SIZE',
    'BINARY',
    'LITERAL-',
  ] as const),
]);

/**
 * What is no more once a session speaks IMAP4rev2; commands and data items only where the server has nothing older, since
 * Dovecot's ImapTest, and so its server, use those on after ENABLE. What is there instead: names and quoted strings in UTF-8, ESEARCH for
 * every SEARCH, an untagged LIST with SELECT, OLDNAME where a name is not what the client calls it, CLOSED between two
 * mailboxes, `\NonExistent` for names that are only above others.
 */
export const goneInRev2 = {
  commands: new Set(['LSUB', 'CHECK']),
  fetchItems: new Set(['RFC822', 'RFC822.HEADER', 'RFC822.TEXT']),
  statusItems: new Set(['RECENT']),
  searchKeys: new Set(['RECENT', 'NEW', 'OLD']),
} as const;

/** Whether IMAP4rev2 brings an extension that the profile does not name. */
export function hasBuiltIn(
  { capabilities, capabilitiesBefore }: ImapProfile,
  capability: ImapCapability,
): boolean {
  return (
    builtIn.has(capability) &&
    (capabilities.includes('IMAP4rev2') || capabilitiesBefore.includes('IMAP4rev2'))
  );
}

/** A server that has nothing else speaks IMAP4rev2 from the start; of others it is asked for by ENABLE. */
export function isRev2Alone({ capabilities, capabilitiesBefore }: ImapProfile): boolean {
  const all = [...capabilities, ...capabilitiesBefore];
  return all.includes('IMAP4rev2') && !all.includes('IMAP4rev1') && !all.includes('IMAP4');
}
