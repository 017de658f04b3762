import { sentCopyCodes } from '../alerts/sent-copy-alerts.ts';
import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { SmtpProfile } from '../records/email-server-profile.ts';
import type { SentCopyState } from '../records/sent-copy.ts';
import type { CycleContext } from '../schedule/cycle.ts';
import type { SentCopyDue, SentCopyRecord } from '../store/sent-copy-record.ts';
import { composeMessage } from './compose.ts';
import { failedCopy } from './sent-copy-outcome.ts';
import { sentFolderPath } from './sent-folder-path.ts';
import type { SentFolders, SentFoldersSession } from './sent-folders.ts';

/**
 * Files copies of what one mailbox sent in its Sent folder, one batch, oldest first, and resolves with whether there may
 * be more. The copy has the bytes that were sent (so no Bcc), the time they were accepted, and is read. One that was
 * begun before is looked for by its Message-ID first. Nothing that goes wrong here ever sends a message again or
 * disables its mailbox: the copy waits, or is given up with an alert.
 */
export async function fileSentCopies(
  context: CycleContext<SmtpProfile>,
  folders: SentFolders,
): Promise<boolean> {
  const { store, mailbox, clock, settings, signal } = context;
  if (signal.aborted) return true;
  const limit = Math.min(Math.max(settings.backgroundSendBatchSize, 1), 255);
  const due = await store.sentCopiesDue(mailbox.id, clock.now(), limit);
  if (due.length === 0) return false;
  const filing = new Filing(context, due);
  if (mailbox.saveSentCopy === false) await filing.unwanted();
  else await filing.over(folders);
  return due.length >= limit;
}

class Filing {
  readonly #context: CycleContext<SmtpProfile>;
  /** Not settled in this cycle yet, the one that is worked on first. */
  readonly #left: SentCopyDue[];
  #begun = false;
  #fenced = false;
  #proved = false;

  constructor(context: CycleContext<SmtpProfile>, due: readonly SentCopyDue[]) {
    this.#context = context;
    this.#left = [...due];
  }

  async unwanted(): Promise<void> {
    while (this.#left.length > 0 && !this.#fenced) await this.#settle('not-wanted');
  }

  async over(folders: SentFolders): Promise<void> {
    try {
      await folders.use((session) => this.#fileAll(session));
    } catch (error) {
      await this.#postponeAll(classified(error));
    }
  }

  async #fileAll(session: SentFoldersSession): Promise<void> {
    if (session.quirks.filesSentItself) return this.unwanted();
    const path = await sentFolder(session);
    while (this.#left.length > 0) {
      if (this.#fenced || this.#context.signal.aborted) return;
      try {
        await this.#fileFirst(session, path);
      } catch (error) {
        const why = classified(error);
        // A refusal of this one copy leaves the connection and the others alone.
        if (why.class !== 'item-permanent') throw error;
        await this.#fail(why);
      }
    }
  }

  async #fileFirst(session: SentFoldersSession, path: string): Promise<void> {
    const { store, lease, mailbox } = this.#context;
    const [first] = this.#left;
    if (first === undefined) return;
    const { email, copy } = first;
    if (copy.state === 'begun' && (await session.findByMessageId(path, email.messageId)).length > 0)
      return this.#settle('done');
    const raw = await composed(first, mailbox);
    this.#begun = await store.beginSentCopy(lease, email.id);
    if (!this.#begun) {
      this.#fenced = true;
      return;
    }
    await session.append(path, raw, { flags: ['\\Seen'], internalDateMs: copy.datedOn });
    await this.#settle('done');
  }

  async #settle(state: Extract<SentCopyState, 'done' | 'not-wanted'>): Promise<void> {
    const emailId = this.#left[0]?.email.id;
    if (emailId === undefined) return;
    const clearAlertCodes = this.#proved ? [] : [sentCopyCodes.trouble];
    this.#proved = true;
    await this.#record({ emailId, state, at: this.#context.clock.now(), alerts: [], clearAlertCodes });
  }

  async #fail(error: ClassifiedError): Promise<void> {
    const { mailbox, clock, settings } = this.#context;
    const [due] = this.#left;
    if (due === undefined) return;
    const attempted = this.#begun;
    const maximumAttempts = settings.maximumDeliveryAttempts;
    await this.#record(failedCopy({ mailbox, due, attempted, error, at: clock.now(), maximumAttempts }));
  }

  /** The trouble is the server's: none of them is tried again before it may be over. */
  async #postponeAll(error: ClassifiedError): Promise<void> {
    // What was begun is known to be; told to stop, the next cycle looks.
    if (this.#context.signal.aborted) return;
    while (this.#left.length > 0 && !this.#fenced) await this.#fail(error);
  }

  async #record(record: SentCopyRecord): Promise<void> {
    const { store, lease, observe, mailbox } = this.#context;
    this.#left.shift();
    this.#begun = false;
    if (!(await store.recordSentCopy(lease, record))) {
      this.#fenced = true;
      return;
    }
    observe({ kind: 'commit', unit: 'sent-copy', mailboxId: mailbox.id, writes: 1 });
    for (const { code, severity } of record.alerts)
      observe({ kind: 'alert', mailboxId: mailbox.id, code, severity });
  }
}

async function sentFolder(session: SentFoldersSession): Promise<string> {
  const found = sentFolderPath(await session.folders());
  if ('path' in found) return found.path;
  if (session.createFolder === undefined) {
    const text = 'The mailbox has no Sent folder; make one, or say that no copies are wanted (saveSentCopy).';
    throw new SyncError({ class: 'config', code: 'sent-folder-missing', text, phase: 'list' });
  }
  await session.createFolder(found.create);
  return found.create;
}

/** The same bytes as were sent: a row composes alike each time. */
async function composed({ email }: SentCopyDue, mailbox: CycleContext['mailbox']): Promise<Uint8Array> {
  try {
    return await composeMessage(email, mailbox);
  } catch (cause) {
    const text = `The copy cannot be composed: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SyncError(
      { class: 'item-permanent', code: 'compose-failed', text, phase: 'compose' },
      { cause },
    );
  }
}

/** Throws what is no trouble of a server: a fault of the engine. */
function classified(error: unknown): ClassifiedError {
  if (error instanceof SyncError) return error.classified;
  throw error;
}
