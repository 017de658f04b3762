import { ConnectionPool, type PoolSurroundings } from './connection-pool.ts';
import type { ImapAccess } from './imap-access.ts';

/** Opens an engine's way to IMAP servers. */
export function openImapAccess(around: PoolSurroundings): ImapAccess {
  return new ConnectionPool(around);
}
