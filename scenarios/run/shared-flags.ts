import { type EmailFlags, flagNames } from '../../engine/records/email-flags.ts';
import { flagOnServer } from './flag-change.ts';
import type { EngineFacts, RunMailbox, RunView } from './run-view.ts';

/** The flags of one message that is in the Inbox and in the store, each once. */
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
  const shared: SharedFlags[] = [];
  for (const { id, sha256, subject } of ever) {
    const record = records.get(sha256);
    const flags = run.truth.flagsInInbox(mailbox.address, id);
    if (times.get(sha256) !== 1 || record === undefined || flags === undefined) continue;
    const has = (flag: keyof EmailFlags): boolean => flags.includes(flagOnServer[flag]);
    const server = { seen: has('seen'), flagged: has('flagged'), answered: has('answered') };
    shared.push({ subject, server, record: record.flags });
  }
  return shared;
}

/** Whether both sides say the same of a message. */
export function agree({ server, record }: SharedFlags): boolean {
  return flagNames.every((flag) => server[flag] === record[flag]);
}
