import type { Word } from '../http/http-gate.ts';
import type { HttpArrival } from '../http/http-handler.ts';
import type { Cost, LimitSession } from '../limits/limiter.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { AccessToken } from '../oauth/token-authority.ts';
import type { Manner } from '../rules/outcome.ts';
import type { Phase, Site } from '../rules/rule.ts';
import type { ServerContext } from '../server-context.ts';
import type { GraphAnswer } from './graph-answer.ts';
import type { GraphAsk } from './graph-ask.ts';
import type { GraphService } from './graph-service.ts';
import type { MailboxItems } from './items/mailbox-items.ts';
import type { Prefer } from './prefer.ts';
import type { ExchangeIds } from './standard-headers.ts';

/** One request on its way through an operation. What it gives is there at once: an operation need not wait to answer. */
export interface ServiceExchange {
  readonly context: ServerContext;
  readonly service: GraphService;
  /** Absent for URLs that carry their own permission. */
  readonly token: AccessToken | undefined;
  /** Absent where the operation names no user. */
  readonly mailbox: Mailbox | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly query: URLSearchParams;
  readonly prefer: Prefer;
  readonly headers: Headers;
  readonly nowMs: number;
  /** The URL up to and with the user, as the client wrote it: links in replies go on from here. */
  readonly base: string;
  /** The body, parsed. Throws `GraphError` 400 when it is no JSON. */
  json(): unknown;
  /** The body as it came; empty when there was none. */
  bytes(): Uint8Array;
  /** How limits see this request: for an operation that meets limits of its own (sending). */
  readonly limited: LimitSession;
  /** Where rules and limits are asked, at a phase of this exchange. */
  site(phase: Phase): Site;
  /** Asks the limits about more than the request itself (messages, recipients); waits where they make it wait. */
  meet(phase: Phase, cost: Cost): Promise<Word | undefined>;
  /** Sends a part of a batch the way of every request. */
  answerPart(part: GraphAsk): Promise<GraphAnswer & { readonly ids: ExchangeIds }>;
  readonly arrival: HttpArrival;
  /**
   * Calls `listener` when it is decided whether the client hears the answer of a lasting operation; never, when it is
   * left in silence.
   */
  onAnswered(listener: (heard: boolean) => void): void;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** What rules want of the entries and numbers in the reply (`flips`, `lies`), by upper case field. */
  readonly manner: Manner | undefined;
}

/** An operation on one mailbox, with a token that may do it. */
export interface GraphExchange extends ServiceExchange {
  readonly token: AccessToken;
  readonly mailbox: Mailbox;
  readonly items: MailboxItems;
}
