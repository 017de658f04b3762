import type { TrueMessage } from '../run/truth.ts';
import { type Invariant, Violations } from './invariant.ts';
import { isPoison, stillReceives } from './scope.ts';

export const exactlyOnceIn: Invariant = {
  id: 'INV-1',
  name: 'exactly once in',
  statement: 'Every message in scope that is on the server is in the store exactly once.',
  create(run) {
    let exercised = 0;
    const identitiesGoWrong = run.scenario.rules.some((rule) => rule.what.kind === 'flip');
    return {
      atEnd(facts) {
        const found = new Violations('INV-1', run.nowMs);
        for (const mailbox of run.mailboxes) {
          if (!stillReceives(run, facts, mailbox)) continue;
          const stored = countBy(facts.received.get(mailbox.id) ?? [], (email) => email.rawSha256);
          const ever = groupBy(run.truth.ever(mailbox.address), (message) => message.sha256);
          for (const [sha256, messages] of ever) {
            const inScope = messages.filter(
              (message) =>
                message.shown &&
                message.sizeBytes <= run.settings.incomingEmailMaximumSizeLimitBytes &&
                !isPoison(run, message),
            );
            const present = inScope.filter((message) => message.removedAtMs === undefined);
            // Where fetched mail is hidden, or identities went wrong, equal bytes may be one message come back or a
            // second copy of it: nobody can tell.
            const doubtful = identitiesGoWrong || present.some((message) => message.hiddenOnceFetched);
            const must = doubtful ? Math.min(1, present.length) : present.length;
            const has = stored.get(sha256) ?? 0;
            exercised += must;
            const name = `message ${messages[0]?.id} ("${messages[0]?.subject}") of ${mailbox.address}`;
            if (has < must) found.add(`${name} is on the server ${must} times and in the store ${has} times`);
            if (has > messages.length) {
              found.add(
                `${name} was on the server ${messages.length} times and is in the store ${has} times`,
              );
            }
          }
        }
        return found.list();
      },
      exercised: () => exercised,
    };
  },
};

function groupBy(
  messages: readonly TrueMessage[],
  key: (one: TrueMessage) => string,
): Map<string, TrueMessage[]> {
  const groups = new Map<string, TrueMessage[]>();
  for (const message of messages) {
    const group = groups.get(key(message));
    if (group === undefined) groups.set(key(message), [message]);
    else group.push(message);
  }
  return groups;
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
