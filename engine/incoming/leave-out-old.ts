import type { MaildropSession } from './maildrop-session.ts';
import { headerLines, receivedDate } from './message-dates.ts';
import type { IdentifiedMessage } from './plan.ts';

/** Looks at headers per message a cycle may fetch: they are small, and old mail must not hold up new mail for hours. */
const headersPerMessage = 10;

export interface InScope {
  readonly kept: readonly IdentifiedMessage[];
  /** Received too early to be processed. */
  readonly old: readonly IdentifiedMessage[];
  readonly more: boolean;
}

/**
 * Finds out by their headers (TOP, which on Gmail and Exchange marks nothing as read or popped) which messages were
 * received before the date set, without fetching them. Where the server has no TOP all are kept, and the date is
 * looked at once they are fetched. A message without any readable date is kept.
 */
export async function leaveOutOld(
  session: MaildropSession,
  fresh: readonly IdentifiedMessage[],
  receivedAfter: number,
  maxMessages: number,
): Promise<InScope> {
  if (receivedAfter === 0 || fresh.length === 0) return { kept: fresh, old: [], more: false };
  const looked = fresh.slice(0, headersPerMessage * maxMessages);
  const more = looked.length < fresh.length;
  if (session.receivedOn !== undefined) {
    const dates = await session.receivedOn(looked.map(({ number }) => number));
    const isOld = ({ number }: IdentifiedMessage): boolean =>
      (dates.get(number) ?? Number.POSITIVE_INFINITY) <= receivedAfter;
    return { kept: looked.filter((one) => !isOld(one)), old: looked.filter(isOld), more };
  }
  const byNumber = new Map(looked.map((message) => [message.number, message]));
  const kept: IdentifiedMessage[] = [];
  const old: IdentifiedMessage[] = [];
  const retrieval = session.headers?.(looked.map((message) => message.number));
  if (retrieval === undefined) return { kept: fresh, old: [], more: false };
  for await (const fetched of retrieval) {
    const message = byNumber.get(fetched.number)!;
    if ('bytes' in fetched) {
      const received = receivedDate(headerLines(fetched.bytes));
      (received !== undefined && received <= receivedAfter ? old : kept).push(message);
    } else if (fetched.refusal.classified.code === 'pop3-refused' && old.length + kept.length === 0) {
      return { kept: fresh, old: [], more: false };
    } else {
      kept.push(message);
    }
  }
  if (retrieval.broken !== undefined) throw retrieval.broken.error;
  return { kept, old, more };
}
