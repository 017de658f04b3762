import { CommitBook } from '../incoming/commit-book.ts';
import { PageDraft } from '../incoming/page-draft.ts';
import type { ExchangeGraphProfile } from '../records/email-server-profile.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { FolderWork } from '../store/folder-work.ts';
import type { ListedChange } from './change-page.ts';
import type { GraphMailbox } from './graph-mailbox.ts';

/** What the steps of one incoming cycle share. */
export class GraphIncomingWork {
  readonly context: CycleContext<ExchangeGraphProfile>;
  readonly mailbox: GraphMailbox;
  readonly todo: FolderWork;
  readonly book: CommitBook;
  readonly draft = new PageDraft();
  /** What was seen of messages in this cycle, so that they need not be looked at again. */
  readonly seen = new Map<string, ListedChange>();
  messagesLeft: number;
  bytesLeft: number;
  pagesLeft: number;
  /** The server was heard to give a message in this cycle. */
  given = 0;
  /** The bounds of a cycle left something for the next. */
  more = false;

  constructor(context: CycleContext<ExchangeGraphProfile>, mailbox: GraphMailbox, todo: FolderWork) {
    this.context = context;
    this.mailbox = mailbox;
    this.todo = todo;
    this.book = new CommitBook(context);
    this.messagesLeft = context.settings.incomingMaximumEmailsPerCycle;
    this.bytesLeft = context.settings.incomingMaximumBytesPerCycle;
    this.pagesLeft = context.settings.incomingMaximumPagesPerCycle;
  }

  get aborted(): boolean {
    return this.context.signal.aborted;
  }

  /** Only mail received after it is processed (ms since epoch). */
  get receivedAfter(): number {
    const { mailbox, profile } = this.context;
    return Math.max(mailbox.processEmailReceivedAfter, profile.processEmailsReceivedAfter);
  }

  /** Commits what is settled, if anything is. */
  async commit(): Promise<void> {
    if (!this.draft.isEmpty) await this.book.commit(this.draft.take());
  }
}
