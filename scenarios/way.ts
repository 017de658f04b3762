/** By which protocols an engine reaches a provider's mailboxes. */
export const accesses = ['pop3-smtp', 'imap-smtp', 'graph'] as const;
export type Access = (typeof accesses)[number];

interface Reached {
  readonly profile: string;
  readonly access: Access;
}

/** A provider profile and the access to it in one word: `exchange-online:graph`; `yahoo` alone is by POP3 and SMTP. */
export function readWay(way: string): Reached {
  const [profile = '', access = 'pop3-smtp'] = way.split(':');
  const known = accesses.find((one) => one === access);
  if (known === undefined)
    throw new RangeError(`"${way}" names no access to ${profile}: use one of ${accesses.join(', ')}.`);
  return { profile, access: known };
}

/** The word for it, as `readWay` reads it. */
export function wayOf({ profile, access }: Reached): string {
  return access === 'pop3-smtp' ? profile : `${profile}:${access}`;
}
