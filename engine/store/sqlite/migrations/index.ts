import { tables } from './0001-tables.ts';
import { connections } from './0002-connections.ts';
import { quarantineRetry } from './0003-quarantine-retry.ts';
import { providerItems } from './0004-provider-items.ts';
import { foldersAndTracking } from './0005-folders-and-tracking.ts';
import { drafts } from './0006-drafts.ts';
import { credentialOAuth } from './0007-credential-oauth.ts';
import { sentCopies } from './0008-sent-copies.ts';
import { flags } from './0009-flags.ts';
import { notedConnections } from './0010-noted-connections.ts';
import { providerIdentity } from './0011-provider-identity.ts';
import { flagsSetAside } from './0012-flags-set-aside.ts';
import { itemsBeside } from './0013-items-beside.ts';

/** In order; the number of a migration is its place, counted from 1. A released one never changes. */
export const migrations: readonly string[] = [
  tables,
  connections,
  quarantineRetry,
  providerItems,
  foldersAndTracking,
  drafts,
  credentialOAuth,
  sentCopies,
  flags,
  notedConnections,
  providerIdentity,
  flagsSetAside,
  itemsBeside,
];
