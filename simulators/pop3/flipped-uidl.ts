import type { Entropy } from '../entropy/entropy.ts';
import type { MaildropView } from './maildrop-view.ts';
import type { Twist } from './reply.ts';

/**
 * The unique id of message `n` as faults have it. `missing`, `doubled` and `changed` hit one message, drawn by name:
 * it is left out, has the id of its neighbour, or an id nobody has seen. `renumbered` changes every id, always in the
 * same way.
 */
export function flippedUidl(
  view: MaildropView,
  n: number,
  flips: Twist['flips'],
  entropy: Entropy,
  mailbox: string,
): string | undefined {
  let uidl = view.uidl(n);
  for (const how of flips) {
    if (how === 'renumbered') {
      uidl = `r${uidl}`;
      continue;
    }
    const victim = 1 + Math.floor(entropy.float('pop3.flip', `${mailbox} ${how}`, 0) * view.count);
    if (n !== victim) continue;
    switch (how) {
      case 'missing':
        return undefined;
      case 'doubled':
        uidl = view.uidl(n > 1 ? n - 1 : Math.min(2, view.count));
        break;
      case 'changed':
        uidl = `c${uidl}`;
        break;
      default:
        throw new TypeError(`No such flip: ${String(how satisfies never)}.`);
    }
  }
  return uidl;
}
