import { fill } from '../profiles/fill.ts';
import type { Breach } from './limiter.ts';

/** What a full limiter means for the exchange that met it. */
export type BreachOutcome =
  | { readonly kind: 'refuse'; readonly text: string; readonly close: boolean }
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

/** The limits filled in what they know of a reply; the host is ours to say. */
export function breachOutcome({ action, retryAtMs }: Breach, nowMs: number, host: string): BreachOutcome {
  switch (action.action) {
    case 'reject':
      return { kind: 'refuse', text: fill(action.reply, { host }), close: action.close === true };
    case 'delay':
      return { kind: 'wait', delayMs: Math.max(1, (retryAtMs ?? nowMs) - nowMs) };
    case 'silent-close':
      return { kind: 'close' };
    case 'close-after':
      return { kind: 'serve', closeAfter: true };
    case 'ok-with-marker':
      return { kind: 'serve', marker: action.marker };
    case 'login-ok-then-dead':
      return { kind: 'serve', deadWith: fill(action.reply, { host }) };
    // Bounces are for mail that was taken for delivery; nothing that is read takes any.
    case 'deferred-bounce':
      return { kind: 'serve' };
    default:
      throw new TypeError(`No such breach: ${JSON.stringify(action satisfies never)}.`);
  }
}
