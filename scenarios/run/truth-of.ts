import type { Delivered, Mailbox, ProviderProfile, World } from '../../simulators/index.ts';
import { addressOf, type Scenario } from '../scenario.ts';
import type { Access } from '../way.ts';
import { Moves } from './moves.ts';
import type { TrueMessage, Truth } from './truth.ts';

/** The truth of a world, read from its providers' books. */
export function truthOf(
  world: World,
  scenario: Pick<Scenario, 'providers' | 'mailboxes' | 'operations'>,
): Truth {
  const { providers } = scenario;
  let accepted: ReturnType<typeof acceptedBy> | undefined;
  let counted = 0;
  const known = new WeakMap<Delivered, TrueMessage>();
  const accesses = new Map(providers.map(({ domain, access }) => [domain, access]));
  const accessOf = (domain: string): Access => accesses.get(domain) ?? 'pop3-smtp';
  const moves = new Moves(
    world,
    providers.filter(({ access }) => access !== 'pop3-smtp').map(({ domain }) => domain),
    trackedOverImap(scenario, accessOf),
  );
  return {
    ever(address) {
      const { mail, profile, domain, graph } = world.provider(address);
      const access = accessOf(domain);
      const mayMove = access !== 'pop3-smtp';
      const mailbox = mail.find(address);
      const items = access === 'graph' ? mailbox && graph?.service.items(mailbox) : undefined;
      return mail.truth.everDelivered(address).map((delivered) => {
        const before = known.get(delivered);
        const left = mayMove ? moves.outOfInbox(delivered) : undefined;
        const removal = delivered.removal ?? left;
        if (before !== undefined && before.removedBy === removal?.by && !mayMove) return before;
        const message = trueMessage(delivered, removal, world.startMs, {
          clients: doorsOf[access],
          pop3: mayMove ? undefined : profile.pop3,
        });
        const { categories } =
          message.removedBy !== 'client' && delivered.removal === undefined && items !== undefined
            ? items.of(delivered.id)
            : none;
        const whole = { ...message, categories };
        known.set(delivered, whole);
        return whole;
      });
    },
    placeOf(address, messageId) {
      const place = world.provider(address).mail.find(address)?.find(messageId);
      return place && { folder: place.folder.name, flags: place.entry.flags };
    },
    get accepted() {
      const now = submissionsOf(world);
      if (accepted === undefined || now !== counted) accepted = acceptedBy(world);
      counted = now;
      return accepted;
    },
    filesSent: (domain) => world.provider(domain).profile.smtp?.savesSentCopy === true,
    sentCopies: (address) => inSentOf(world.provider(address).mail.find(address)),
    servers(domain) {
      const { pop3, imap, smtp, graph } = world.provider(domain);
      const access = accessOf(domain);
      if (access === 'graph') return [{ protocol: 'graph', peakOpen: graph?.peakOpen ?? 0 }];
      return [
        access === 'imap-smtp'
          ? { protocol: 'imap', peakOpen: imap?.peakOpen ?? 0 }
          : { protocol: 'pop3', peakOpen: pop3.peakOpen },
        { protocol: 'smtp', peakOpen: smtp.peakOpen },
      ];
    },
  };
}

/** Folders whose messages are stored as those of the Inbox are, by address. Over Graph a message is known wherever it lies. */
function trackedOverImap(
  { mailboxes, operations }: Pick<Scenario, 'mailboxes' | 'operations'>,
  accessOf: (domain: string) => Access,
): Map<string, Set<string>> {
  const tracked = new Map<string, Set<string>>();
  for (const mailbox of mailboxes) {
    if (accessOf(mailbox.domain) !== 'imap-smtp') continue;
    const folders = operations.flatMap((operation) =>
      operation.do === 'track-folder' && operation.mailbox === mailbox.id ? [operation.folder] : [],
    );
    if (folders.length > 0) tracked.set(addressOf(mailbox), new Set(folders));
  }
  return tracked;
}

/** Who takes a message away through one of these is the engine; through others it is the mailbox's owner. */
const doorsOf: Readonly<Record<Access, ReadonlySet<string>>> = {
  'pop3-smtp': new Set(['pop3', 'graph']),
  'imap-smtp': new Set(['imap']),
  graph: new Set(['pop3', 'graph']),
};

/** What a maildrop that shows all mail leaves out. */
const hidden: ReadonlySet<string> = new Set(['Trash', 'Junk']);

const none = { categories: undefined };

function trueMessage(
  delivered: Delivered,
  removal: { readonly by: string; readonly atMs: number } | undefined,
  startMs: number,
  { clients, pop3 }: { readonly clients: ReadonlySet<string>; readonly pop3: ProviderProfile['pop3'] },
): Omit<TrueMessage, 'categories'> {
  return {
    id: delivered.id,
    shown: delivered.folder === 'INBOX' || (pop3?.maildrop === 'all-mail' && !hidden.has(delivered.folder)),
    hiddenOnceFetched: pop3?.popped === 'hidden-after-quit',
    sha256: delivered.sha256,
    sizeBytes: delivered.sizeBytes,
    subject: /^Subject: (.*)\r$/m.exec(delivered.message.raw.toString('latin1', 0, 2_000))?.[1] ?? '',
    arrivedAtMs: delivered.atMs - startMs,
    removedAtMs: removal && removal.atMs - startMs,
    removedBy: removal && (clients.has(removal.by) ? 'client' : removal.by),
  };
}

function inSentOf(mailbox: Mailbox | undefined): Map<string, number> {
  const copies = new Map<string, number>();
  for (const { role, entries } of mailbox?.folders ?? []) {
    if (role !== 'sent') continue;
    for (const { message } of entries) {
      const head = message.raw.toString('latin1', 0, 4_000);
      const messageId = /^Message-ID:\s*(<[^>\r\n]+>)/im.exec(head)?.[1] ?? 'a message without Message-ID';
      copies.set(messageId, (copies.get(messageId) ?? 0) + 1);
    }
  }
  return copies;
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
