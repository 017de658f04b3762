import type { SyncError } from '../errors/engine-error.ts';

/** Trouble that may be of one folder alone: the server answered, and refused no more than what was asked of this folder. */
export function ofFolder({ classified }: SyncError): boolean {
  return (
    classified.class === 'item-permanent' || (classified.class === 'transient' && codes.has(classified.code))
  );
}

const codes: ReadonlySet<string> = new Set([
  'imap-folder-gone',
  'imap-in-use',
  'imap-refused',
  'imap-garbled',
  'imap-listing-incomplete',
  'imap-uids-reissued',
]);
