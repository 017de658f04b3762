import type { Scenario } from '../scenario.ts';
import type { Access } from '../way.ts';

/** One-way latencies that opening a connection takes at most, by access: both handshakes and signing in. */
const oneWays: Readonly<Record<Access, number>> = { 'pop3-smtp': 0, 'imap-smtp': 16, graph: 8 };

/**
 * By how much a cycle may be longer or shorter for a reason that is nobody's trouble, ms: where connections are kept and
 * shared (over Graph between mailboxes, over IMAP between what comes in and copies in Sent), it may save or need the
 * opening of one, and which of two that begin in the same millisecond gets it depends on everybody. Over POP3 none is kept.
 */
export function openingMs(access: Access, { latencyMs }: Pick<Scenario, 'latencyMs'>): number {
  return typeof latencyMs === 'number' ? oneWays[access] * latencyMs : 0;
}
