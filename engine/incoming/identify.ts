import { SyncError } from '../errors/engine-error.ts';
import type { ListedMessage } from '../pop3/listing.ts';
import type { Pop3Session } from '../pop3/pop3-session.ts';
import type { Retrieval } from '../pop3/retrieve.ts';
import type { LedgerEntry } from '../store/store.ts';
import { contentHash } from './parse-message.ts';
import type { IdentifiedMessage } from './plan.ts';

/** No UIDL has a space in it (RFC 1939 7), so keys of our own making cannot meet one. */
const hashPrefix = 'sha256 ';

/**
 * Identifies every message of the maildrop. The identity is the UIDL; where a server gives the same one to several
 * messages (it may, when it makes them of the content), the second is `uidl 2`, so that each is an item. A server
 * that knows no UIDL is identified by hash of the headers (TOP), or of whole messages where TOP is missing as well.
 * One that refuses UIDL but gave it before is in trouble, and not believed.
 */
export async function identify(
  session: Pop3Session,
  ledger: ReadonlyMap<string, LedgerEntry>,
  maxMessageBytes: number,
): Promise<readonly IdentifiedMessage[]> {
  const listing = await session.uidl();
  if (listing !== undefined) return tellApart(listing);
  for (const key of ledger.keys()) {
    if (key.startsWith(hashPrefix)) continue;
    throw new SyncError({
      class: 'transient',
      code: 'pop3-uidl-refused',
      text: 'The server refuses UIDL, which it has given before.',
      phase: 'uidl',
    });
  }
  return tellApart(await hashed(session, maxMessageBytes));
}

function tellApart(listing: readonly ListedMessage[]): IdentifiedMessage[] {
  const seen = new Map<string, number>();
  return listing.map(({ number, uidl }) => {
    const ordinal = (seen.get(uidl) ?? 0) + 1;
    seen.set(uidl, ordinal);
    return { key: ordinal === 1 ? uidl : `${uidl} ${ordinal}`, number };
  });
}

async function hashed(session: Pop3Session, maxMessageBytes: number): Promise<ListedMessage[]> {
  const sizes = await session.list();
  const byHeaders = await hashAll(session.headers([...sizes.keys()]));
  if (byHeaders !== undefined) return byHeaders;
  const wanted = [...sizes].flatMap(([number, announcedBytes]) =>
    announcedBytes <= maxMessageBytes ? [{ number, announcedBytes }] : [],
  );
  return (await hashAll(session.retrieve(wanted, maxMessageBytes))) ?? [];
}

/** Undefined when the server does not know the command. */
async function hashAll(retrieval: Retrieval): Promise<ListedMessage[] | undefined> {
  const listing: ListedMessage[] = [];
  for await (const fetched of retrieval) {
    if ('bytes' in fetched) {
      listing.push({ number: fetched.number, uidl: `${hashPrefix}${contentHash(fetched.bytes)}` });
    } else if (fetched.refusal.classified.code === 'pop3-refused' && listing.length === 0) {
      return undefined;
    } else if (fetched.refusal.classified.code !== 'pop3-message-gone') {
      // A listing that lacks a message for any other reason would prove it gone.
      throw fetched.refusal;
    }
  }
  if (retrieval.broken !== undefined) throw retrieval.broken.error;
  return listing;
}
