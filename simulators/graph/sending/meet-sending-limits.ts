import { literalReply } from '../../http/literal-reply.ts';
import { GraphError } from '../graph-error.ts';
import type { GraphExchange } from '../graph-exchange.ts';

export interface Limited {
  /** The reply the sender is told by mail, while everybody believes the message sent. */
  readonly bounce: string | undefined;
  /** Calls `go` once limits that make mail wait let it through: at once when they did already. */
  whenLet(go: () => void): void;
}

/**
 * The message meets the limits on sending, judged at phase `commit` of the operation that sends. One that delays holds
 * the mail back after the client has its 202. Throws `GraphError` for one that refuses.
 */
export function meetSendingLimits(exchange: GraphExchange, recipients: readonly string[]): Limited {
  const { context, limited, mailbox } = exchange;
  const { limits, clock, mail } = context;
  const site = exchange.site('commit');
  // The session of the request is over by the time mail that had to wait asks again.
  const session = { ...limited, account: mailbox.address };
  const cost = {
    messages: 1,
    recipients: recipients.length,
    externalRecipients: recipients.filter((address) => !mail.isLocal(address)).length,
    recipientAddresses: recipients,
  };
  const waitMs = (retryAtMs: number): number => Math.max(1, retryAtMs - clock.now());
  const breach = limits.meet(session, site, cost);
  if (breach === undefined) return { bounce: undefined, whenLet: (go) => go() };
  const { action, retryAtMs } = breach;
  switch (action.action) {
    case 'reject': {
      const {
        status,
        code = 'ErrorExceededMessageLimit',
        message = '',
        headers,
      } = literalReply(action.reply);
      throw new GraphError(status, code, message, headers);
    }
    case 'deferred-bounce':
      return { bounce: action.reply, whenLet: (go) => go() };
    case 'delay': {
      const again = (go: () => void): void => {
        const full = limits.meet(session, site, cost);
        if (full?.action.action === 'delay' && full.retryAtMs !== undefined)
          clock.setTimeout(() => again(go), waitMs(full.retryAtMs));
        else go();
      };
      if (retryAtMs === undefined) return { bounce: undefined, whenLet: (go) => go() };
      return {
        bounce: undefined,
        whenLet: (go) => void clock.setTimeout(() => again(go), waitMs(retryAtMs)),
      };
    }
    // What is left ends connections or marks replies, and lets the message pass.
    default:
      return { bounce: undefined, whenLet: (go) => go() };
  }
}
