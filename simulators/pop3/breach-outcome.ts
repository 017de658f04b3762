import type { Breach } from '../limits/limiter.ts';
import { fill } from './replies.ts';
import type { Reply } from './reply.ts';

/** What a full limiter means for the exchange that met it. */
export type BreachOutcome =
  | { readonly kind: 'refuse'; readonly reply: Reply }
  | { readonly kind: 'wait'; readonly delayMs: number }
  | { readonly kind: 'close' }
  /** Goes on; something about the session is different from here. */
  | {
      readonly kind: 'serve';
      readonly closeAfter?: boolean;
      /** Added to the next positive reply. */
      readonly marker?: string;
      /** The answer to the next command, which is the last. */
      readonly deadWith?: string;
    };

/** `fields` fill the placeholders of reply texts. */
export function breachOutcome(
  { action, retryAtMs }: Breach,
  nowMs: number,
  fields: { readonly host: string; readonly sid: string; readonly login: string },
): BreachOutcome {
  const waitMs = Math.max(0, (retryAtMs ?? nowMs) - nowMs);
  const text = (reply: string): string =>
    fill(reply, {
      ...fields,
      ms: waitMs,
      n: Math.ceil(waitMs / 1000),
      iso8601: new Date(nowMs).toISOString(),
    });
  switch (action.action) {
    case 'reject':
      return { kind: 'refuse', reply: { line: text(action.reply), close: action.close === true } };
    case 'delay':
      return { kind: 'wait', delayMs: Math.max(1, waitMs) };
    case 'silent-close':
      return { kind: 'close' };
    case 'close-after':
      return { kind: 'serve', closeAfter: true };
    case 'ok-with-marker':
      return { kind: 'serve', marker: action.marker };
    case 'login-ok-then-dead':
      return { kind: 'serve', deadWith: text(action.reply) };
    // Bounces are for mail that was taken; POP3 takes none.
    case 'deferred-bounce':
      return { kind: 'serve' };
    default:
      throw new TypeError(`No such breach: ${JSON.stringify(action satisfies never)}.`);
  }
}
