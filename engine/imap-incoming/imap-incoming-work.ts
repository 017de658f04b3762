import type { SyncError } from '../errors/engine-error.ts';
import type { ImapFolder, ImapSession } from '../imap/imap-session.ts';
import { CommitBook } from '../incoming/commit-book.ts';
import { PageDraft } from '../incoming/page-draft.ts';
import type { ImapSmtpProfile } from '../records/email-server-profile.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { FolderWork } from '../store/folder-work.ts';
import { type FolderMemo, folderMemo } from './folder-memo.ts';
import { itemKeys } from './item-keys.ts';

/** A folder that is followed: the Inbox, or one that is tracked. */
export interface Place {
  /** What it is known by here, whatever it is called at the server. */
  readonly id: string;
  /** As the server names it. */
  readonly path: string;
  readonly regarding: string | undefined;
}

/** What the steps of one incoming cycle share. */
export class ImapIncomingWork {
  readonly context: CycleContext<ImapSmtpProfile>;
  readonly session: ImapSession;
  readonly todo: FolderWork;
  readonly book: CommitBook;
  readonly draft = new PageDraft();
  /** The folders that are followed, by id. */
  readonly places = new Map<string, Place>();
  readonly #memos = new Map<string, FolderMemo>();
  /** What the cycle may still fetch. */
  readonly bounds: { messages: number; bytes: number };
  /** The bounds of the cycle left something for the next. */
  more = false;
  /** The server has told something of a folder. */
  answered = false;
  #list: readonly ImapFolder[] | undefined;

  readonly #isSecond: boolean;

  /** `before`: what was done in a session of the same cycle that the server ended. */
  constructor(
    context: CycleContext<ImapSmtpProfile>,
    session: ImapSession,
    todo: FolderWork,
    before?: ImapIncomingWork,
  ) {
    this.context = context;
    this.session = session;
    this.todo = todo;
    this.#isSecond = before !== undefined;
    this.book = before?.book ?? new CommitBook(context);
    const { incomingMaximumEmailsPerCycle: messages, incomingMaximumBytesPerCycle: bytes } = context.settings;
    this.bounds = before?.bounds ?? { messages, bytes };
  }

  /** The server said goodbye without a reason that would hold for the next session too: one more is tried, once. */
  mayGoOnAfter({ code }: SyncError): boolean {
    return code === 'imap-bye' && this.answered && !this.#isSecond && !this.aborted;
  }

  get aborted(): boolean {
    return this.context.signal.aborted;
  }

  get spent(): boolean {
    return this.bounds.messages <= 0 || this.bounds.bytes <= 0;
  }

  /** All folders, as they were when they were first asked for in this cycle, or are now. */
  async list(asOf: 'first' | 'now' = 'first'): Promise<readonly ImapFolder[]> {
    if (this.#list === undefined || asOf === 'now') this.#list = await this.session.folders();
    return this.#list;
  }

  memo(folder: string): FolderMemo {
    let memo = this.#memos.get(folder);
    if (memo === undefined) {
      memo = this.#asOurs(folderMemo.read(this.todo.cursors.get(folder)));
      this.#memos.set(folder, memo);
    }
    return memo;
  }

  /** What is known of a folder from now on; into the draft with it. */
  remember(folder: string, memo: FolderMemo): void {
    const ours = { ...memo, of: this.context.mailbox.credential.username };
    this.#memos.set(folder, ours);
    this.draft.add({ cursor: folderMemo.write(folder, ours) });
  }

  /** Of another account a folder of the same name is another folder, though its numbers may be the same. */
  #asOurs(memo: FolderMemo): FolderMemo {
    const { mailbox, clock } = this.context;
    if (memo.of === undefined || memo.of === mailbox.credential.username) return memo;
    return { ...memo, lostOn: memo.lostOn ?? clock.now(), account: undefined, suspect: undefined };
  }

  /** Messages of a folder wait to be tried again, as far as is known. */
  isDue(folder: string): boolean {
    const { unsettled } = this.todo;
    const cut = unsettled.length >= this.context.settings.incomingMaximumEmailsPerCycle;
    return cut || unsettled.some(({ itemId }) => itemKeys.folderOf(itemId) === folder);
  }

  /** Commits what is settled, if anything is. */
  async commit(): Promise<void> {
    if (!this.draft.isEmpty) await this.book.commit(this.draft.take());
  }
}
