import type { Delivered, ProviderProfile, World } from '../../simulators/index.ts';
import type { TrueMessage, Truth } from './truth.ts';

/** The truth of a world, read from its providers' books. */
export function truthOf(world: World): Truth {
  let accepted: ReturnType<typeof acceptedBy> | undefined;
  let counted = 0;
  const known = new WeakMap<Delivered, TrueMessage>();
  return {
    ever(address) {
      const { mail, profile } = world.provider(address);
      return mail.truth.everDelivered(address).map((delivered) => {
        const before = known.get(delivered);
        if (before !== undefined && before.removedBy === delivered.removal?.by) return before;
        const message = trueMessage(delivered, world.startMs, profile.pop3);
        known.set(delivered, message);
        return message;
      });
    },
    get accepted() {
      const now = submissionsOf(world);
      if (accepted === undefined || now !== counted) accepted = acceptedBy(world);
      counted = now;
      return accepted;
    },
    servers(domain) {
      const { pop3, smtp } = world.provider(domain);
      return [
        { protocol: 'pop3', peakOpen: pop3.peakOpen },
        { protocol: 'smtp', peakOpen: smtp.peakOpen },
      ];
    },
  };
}

/** What a maildrop that shows all mail leaves out. */
const hidden: ReadonlySet<string> = new Set(['Trash', 'Junk']);

function trueMessage(delivered: Delivered, startMs: number, pop3: ProviderProfile['pop3']): TrueMessage {
  const { removal } = delivered;
  return {
    id: delivered.id,
    shown: delivered.folder === 'INBOX' || (pop3?.maildrop === 'all-mail' && !hidden.has(delivered.folder)),
    hiddenOnceFetched: pop3?.popped === 'hidden-after-quit',
    sha256: delivered.sha256,
    sizeBytes: delivered.sizeBytes,
    subject: /^Subject: (.*)\r$/m.exec(delivered.message.raw.toString('latin1', 0, 2_000))?.[1] ?? '',
    arrivedAtMs: delivered.atMs - startMs,
    removedAtMs: removal && removal.atMs - startMs,
    removedBy: removal?.by,
  };
}

function submissionsOf(world: World): number {
  let count = 0;
  for (const { mail } of world.providers.values()) count += mail.truth.submissions.length;
  return count;
}

function acceptedBy(world: World): Map<string, Map<string, number>> {
  const accepted = new Map<string, Map<string, number>>();
  for (const { mail } of world.providers.values()) {
    for (const { messageId, recipients } of mail.truth.submissions) {
      const id = messageId ?? 'a message without Message-ID';
      const copies = accepted.get(id) ?? new Map<string, number>();
      accepted.set(id, copies);
      for (const { address, outcome } of recipients) {
        if (outcome !== 'delivered' && outcome !== 'outside') continue;
        copies.set(address, (copies.get(address) ?? 0) + 1);
      }
    }
  }
  return accepted;
}
