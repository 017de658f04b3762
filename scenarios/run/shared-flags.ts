import { type EmailFlags, flagNames } from '../../engine/records/email-flags.ts';
import { flagOnServer } from './flag-change.ts';
import type { EngineFacts, RunMailbox, RunView } from './run-view.ts';

/** The flags of one message that is in the store and in a folder the engine follows, each once. */
export interface SharedFlags {
  readonly subject: string;
  readonly server: EmailFlags;
  readonly record: EmailFlags;
}

/** What both sides say of a mailbox's messages, where its flags are shared. Of equal messages nobody can tell which is which. */
export function sharedFlags(run: RunView, facts: EngineFacts, mailbox: RunMailbox): readonly SharedFlags[] {
  if (!mailbox.synchronizeFlags || mailbox.deleteAfterProcessing) return [];
  const ever = run.truth.ever(mailbox.address);
  const times = new Map<string, number>();
  for (const { sha256 } of ever) times.set(sha256, (times.get(sha256) ?? 0) + 1);
  const records = new Map((facts.received.get(mailbox.id) ?? []).map((email) => [email.rawSha256, email]));
  const followed = followedIn(run, mailbox);
  const shared: SharedFlags[] = [];
  for (const { id, sha256, subject } of ever) {
    const record = records.get(sha256);
    const place = run.truth.placeOf(mailbox.address, id);
    if (times.get(sha256) !== 1 || record === undefined || place === undefined) continue;
    if (!followed.has(place.folder)) continue;
    const has = (flag: keyof EmailFlags): boolean => place.flags.includes(flagOnServer[flag]);
    const server = { seen: has('seen'), flagged: has('flagged'), answered: has('answered') };
    shared.push({ subject, server, record: record.flags });
  }
  return shared;
}

/** The Inbox, and the folders the application has tracked. */
function followedIn(run: RunView, mailbox: RunMailbox): ReadonlySet<string> {
  const folders = new Set(['INBOX']);
  for (const { operation, doneAtMs } of run.performed)
    if (operation.do === 'track-folder' && operation.mailbox === mailbox.id && doneAtMs !== undefined)
      folders.add(operation.folder);
  return folders;
}

/** Whether both sides say the same of a message. */
export function agree({ server, record }: SharedFlags): boolean {
  return flagNames.every((flag) => server[flag] === record[flag]);
}
