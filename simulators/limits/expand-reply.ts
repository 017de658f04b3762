import type { Clock } from '../clock/clock.ts';
import type { Entropy } from '../entropy/entropy.ts';
import type { LimitSession } from './limiter.ts';

/**
 * Placeholders a wire text may hold. Limits fill `n` (the limit), `ms` and `s` (until the request would pass), `iso8601` (now),
 * `sid` and `hex` (drawn by name for the connection), `login` and `ip`; the server that speaks fills the rest, which
 * only it knows: its own `host`, the `client` and `from` of the conversation, its `date`, the `command` it answers.
 */
export const placeholders = [
  'host',
  'sid',
  'n',
  'ms',
  's',
  'iso8601',
  'from',
  'login',
  'ip',
  'client',
  'hex',
  'date',
  'command',
] as const;

/** Fills the placeholders limits know; all others stay as they are. */
export function expandReply(
  text: string,
  about: {
    readonly session: LimitSession;
    readonly clock: Clock;
    readonly entropy: Entropy;
    readonly limit: number;
    readonly retryAtMs: number | undefined;
  },
): string {
  if (!text.includes('{')) return text;
  const { session, clock, entropy, limit, retryAtMs } = about;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    switch (name) {
      case 'n':
        return String(limit);
      case 'ms':
        return String(Math.max(0, (retryAtMs ?? clock.now()) - clock.now()));
      case 's':
        return String(Math.max(1, Math.ceil(((retryAtMs ?? clock.now()) - clock.now()) / 1000)));
      case 'iso8601':
        return new Date(clock.now()).toISOString();
      case 'sid':
        return entropy.bytes(9, 'limits.sid', session.connection).toString('base64url');
      case 'hex':
        return entropy.bytes(8, 'limits.hex', session.connection).toString('hex').toUpperCase();
      case 'login':
        return session.account ?? whole;
      case 'ip':
        return session.ip;
      default:
        return whole;
    }
  });
}
