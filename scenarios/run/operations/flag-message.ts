import type { Engine } from '../../../engine/engine.ts';
import { subjectOf } from '../message.ts';
import type { Performer } from './operation-performer.ts';

/** The owner of the mailbox sets a flag of some messages, or takes it off; or the application does, where it has them. */
export const flagMessage: Performer<'flag-message'> = async (operation, running) => {
  const { mailbox, of, nth, count, flag, set, by } = operation;
  const named = Array.from({ length: count }, (_, n) => ({ mailbox, of, nth: nth + n }));
  const atMs = running.world.elapsedMs();
  if (by === 'owner') {
    for (const message of named) running.flagByOwner(message, flag, set);
    return;
  }
  const subjects = new Set(named.map(subjectOf));
  /** Those whose record said otherwise, also before an answer that was lost. */
  const changed = new Set<string>();
  const change = async (engine: Engine): Promise<void> => {
    const emails = (await engine.store.receivedEmails(mailbox)).filter(({ subject = '' }) =>
      subjects.has(subject),
    );
    for (const { subject = '', flags } of emails) if (flags[flag] !== set) changed.add(subject);
    await engine.setEmailFlags(
      emails.map(({ id }) => id),
      { [flag]: set },
    );
  };
  await running.inTurn(() => running.host.ask(change));
  for (const subject of changed)
    running.flagChanges.push({
      mailbox,
      subject,
      flag,
      value: set,
      by,
      fromMs: atMs,
      untilMs: running.world.elapsedMs(),
    });
};
