import { SyncError } from '../errors/engine-error.ts';
import type { FlagChange, ImapSession, SelectedFolder } from '../imap/imap-session.ts';

interface Message {
  flags: ReadonlySet<string>;
  modseq: bigint;
}

/** A folder as a server keeps it, told through those methods of a session that flags need, with what goes wrong set by hand. */
export class ScriptedFlagSession {
  readonly messages = new Map<number, Message>();
  /** What was asked of it, in order. */
  readonly asked: string[] = [];
  modseq = 1n;
  condstore = true;
  readOnly = false;
  permanentFlags: ReadonlySet<string> | undefined;
  /** UIDs that STORE is refused for, whatever else it is about. */
  readonly refused = new Set<number>();
  /** UIDs left out of what changed. */
  readonly untold = new Set<number>();
  /** It says that it cannot search for changes. */
  searches = true;
  /** Done when STORE arrives, before it is carried out. */
  beforeStore: (() => void) | undefined;

  put(uid: number, ...flags: readonly string[]): void {
    this.modseq += 1n;
    this.messages.set(uid, { flags: new Set(flags), modseq: this.modseq });
  }

  flagsOf(uid: number): readonly string[] {
    return [...(this.messages.get(uid)?.flags ?? [])].sort();
  }

  get session(): ImapSession {
    const folder: SelectedFolder = {
      path: 'INBOX',
      uidValidity: 7,
      uidNext: 1_000_000,
      messages: this.messages.size,
      highestModseq: this.condstore ? this.modseq : undefined,
      readOnly: this.readOnly,
      keywords: false,
      permanentFlags: this.permanentFlags,
    };
    const session: Partial<ImapSession> = {
      selected: folder,
      flags: (uids) => this.#flags(uids),
      flagsSince: (modseq, fromUid = 1) => this.#since(modseq, fromUid),
      changedSince: async (modseq, fromUid) => {
        if (!this.searches) throw refusal('imap-refused');
        return [...this.messages].flatMap(([uid, message]) =>
          uid >= fromUid && message.modseq > modseq ? [uid] : [],
        );
      },
      changeFlags: async (uids, change, unchangedSince) => this.#store(uids, change, unchangedSince),
    };
    return session as ImapSession; // flags need no more of it
  }

  async *#flags(
    uids: readonly number[],
  ): AsyncGenerator<FlagChange & { readonly modseq?: bigint | undefined }> {
    if (uids.length > 0) this.asked.push(`flags of ${uids.length}`);
    for (const uid of uids) {
      const message = this.messages.get(uid);
      if (message === undefined) continue;
      yield { uid, flags: message.flags, modseq: this.condstore ? message.modseq : undefined };
    }
  }

  async *#since(modseq: bigint, fromUid: number): AsyncGenerator<FlagChange> {
    this.asked.push(`changes from ${fromUid}`);
    for (const [uid, { flags, modseq: at }] of this.messages)
      if (uid >= fromUid && at > modseq && !this.untold.has(uid)) yield { uid, flags };
  }

  #store(
    uids: readonly number[],
    { add = [], remove = [] }: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
    unchangedSince: bigint | undefined,
  ): readonly number[] {
    this.asked.push(
      `store ${uids.length} ${[...add.map((one) => `+${one}`), ...remove.map((one) => `-${one}`)].join(' ')}`,
    );
    this.beforeStore?.();
    if (this.readOnly || uids.some((uid) => this.refused.has(uid))) throw refusal('imap-not-allowed');
    const modified: number[] = [];
    for (const uid of uids) {
      const message = this.messages.get(uid);
      if (message === undefined) continue;
      if (unchangedSince !== undefined && message.modseq > unchangedSince) modified.push(uid);
      else this.put(uid, ...[...message.flags, ...add].filter((flag) => !remove.includes(flag)));
    }
    return modified;
  }
}

function refusal(code: string): SyncError {
  return new SyncError({ class: 'item-permanent', code, text: 'NO', phase: 'store' });
}
