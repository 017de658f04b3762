import { SyncError } from '../errors/engine-error.ts';
import type { ImapSession, MessageSource } from '../imap/imap-session.ts';
import type { MessageRetrieval } from '../incoming/maildrop-session.ts';
import type { FetchBroken, Fetched, Wanted } from '../pop3/retrieve.ts';

/** Asked for at a time, so that what is missing is noticed before all the rest is fetched. Ours. */
const messagesAtOnce = 50;

/** Fetches messages in the order asked. One that the server gives nothing for is gone, or refused. */
export class ImapRetrieval implements MessageRetrieval {
  broken: FetchBroken | undefined;
  readonly #session: ImapSession;
  readonly #batches: readonly (readonly number[])[];
  readonly #maxBytes: number;

  constructor(session: ImapSession, wanted: readonly Wanted[], maxBytes: number) {
    this.#session = session;
    this.#batches = batchesOf(wanted);
    this.#maxBytes = maxBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Fetched> {
    for (const batch of this.#batches) {
      const due = new Set(batch);
      try {
        for await (const source of this.#session.sources([...due], this.#maxBytes)) {
          if (!due.delete(source.uid)) continue;
          if ('tooLarge' in source) {
            this.broken = {
              number: source.uid,
              begun: true,
              error: tooLarge(source.tooLarge, this.#maxBytes),
            };
            return;
          }
          yield fetched(source);
        }
        for (const number of due) yield { number, refusal: await this.#whyNot(number) };
      } catch (error) {
        if (!(error instanceof SyncError)) throw error;
        const [first = batch[0]!] = due;
        // Which of several it broke off at is not known.
        this.broken = { number: first, begun: batch.length === 1, error };
        return;
      }
    }
  }

  async #whyNot(number: number): Promise<SyncError> {
    const gone = !(await this.#session.uids(number, number)).includes(number);
    return new SyncError({
      class: 'transient',
      code: gone ? 'imap-message-gone' : 'imap-message-left-out',
      text: gone
        ? 'The message is not there any more.'
        : 'The server lists the message and does not give it.',
      phase: 'fetch',
    });
  }
}

function batchesOf(wanted: readonly Wanted[]): readonly (readonly number[])[] {
  const batches: number[][] = [];
  let open: number[] | undefined;
  for (const { number, alone = false } of wanted) {
    if (alone || open === undefined || open.length >= messagesAtOnce) {
      open = [];
      batches.push(open);
    }
    open.push(number);
    if (alone) open = undefined;
  }
  return batches;
}

function fetched(source: Exclude<MessageSource, { readonly tooLarge: number }>): Fetched {
  if ('raw' in source) return { number: source.uid, bytes: source.raw };
  return { number: source.uid, refusal: new SyncError(source.refused) };
}

function tooLarge(sizeBytes: number, maxBytes: number): SyncError {
  const text = `A message has ${sizeBytes} bytes, more than the ${maxBytes} it may have.`;
  return new SyncError({ class: 'item-permanent', code: 'message-too-large', text, phase: 'fetch' });
}
