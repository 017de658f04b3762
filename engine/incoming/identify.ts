import { SyncError } from '../errors/engine-error.ts';
import type { ListedMessage } from '../pop3/listing.ts';
import type { LedgerEntry } from '../store/store.ts';
import type { MaildropSession, MessageRetrieval } from './maildrop-session.ts';
import { contentHash } from './parse-message.ts';
import type { IdentifiedMessage } from './plan.ts';

/** No UIDL has a space in it (RFC 1939 7), so keys of our own making cannot meet one. */
const hashPrefix = 'sha256 ';

/**
 * Identifies every message of the maildrop. The identity is the UIDL; where a server gives the same one to several
 * messages (it may, when it makes them of the content), they are `uidl 1` and `uidl 2`, so that each is an item, and none is
 * taken for the one that has the UIDL to itself before or after. A server
 * that knows no UIDL is identified by hash of the headers (TOP), or of whole messages where TOP is missing as well.
 * One that refuses UIDL but gave it before is in trouble, and not believed.
 */
export async function identify(
  session: MaildropSession,
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
  const once = new Set<string>();
  const ordinals = new Map<string, number>();
  for (const { uidl } of listing) {
    if (once.has(uidl)) ordinals.set(uidl, 0);
    once.add(uidl);
  }
  return listing.map(({ number, uidl }) => {
    const before = ordinals.get(uidl);
    if (before === undefined) return { key: uidl, number };
    ordinals.set(uidl, before + 1);
    return { key: `${uidl} ${before + 1}`, number };
  });
}

async function hashed(session: MaildropSession, maxMessageBytes: number): Promise<ListedMessage[]> {
  const sizes = await session.list([]);
  const headers = session.headers?.([...sizes.keys()]);
  const byHeaders = headers && (await hashAll(headers));
  if (byHeaders !== undefined) return byHeaders;
  const wanted = [...sizes].flatMap(([number, announcedBytes]) =>
    announcedBytes <= maxMessageBytes ? [{ number, announcedBytes }] : [],
  );
  return (await hashAll(session.retrieve(wanted, maxMessageBytes))) ?? [];
}

/** Undefined when the server does not know the command. */
async function hashAll(retrieval: MessageRetrieval): Promise<ListedMessage[] | undefined> {
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
