import { sleep } from '../../../simulators/index.ts';
import type { DoorAct } from '../../doors/door.ts';
import { doorsOf } from '../../doors/doors-of.ts';
import { ownBooks } from '../../doors/own-books.ts';
import type { OperationOf } from '../../operation.ts';
import { doorMessageId, subjectOf } from '../message.ts';
import type { Performer } from './operation-performer.ts';

/** What was sent arrives within. */
const onTheWayMs = 60_000;

/** The owner's programs do something through one door, and look through all of them. */
export const useDoor: Performer<'use-door'> = async (operation, running) => {
  const mailbox = running.mailbox(operation.mailbox);
  const life = running.world.life(`owner-${operation.id}`);
  await life.run(async () => {
    const provider = running.world.provider(mailbox.domain);
    const key = { address: mailbox.address, secret: running.passwordOnServer(mailbox) };
    const doors = doorsOf(life, provider, key);
    await doors.find(({ name }) => name === operation.door)?.act(actOf(operation, mailbox.address));
    await sleep(running.world.clock, onTheWayMs);
    for (const door of doors) {
      const view = await door.view?.();
      const books = ownBooks(running.onServer(operation.mailbox));
      if (view !== undefined) running.looks.push({ after: operation.id, door: door.name, books, view });
    }
  });
};

function actOf(operation: OperationOf<'use-door'>, address: string): DoorAct {
  const { act, id, of, nth, folder, read } = operation;
  const subject = of === undefined ? '' : subjectOf({ of, nth });
  switch (act) {
    case 'delete':
      return { kind: act, subject };
    case 'move':
      return { kind: act, subject, folder };
    case 'mark-read':
      return { kind: act, subject, read };
    case 'draft':
      return { kind: act, subject: subjectOf({ of: id, nth: 0 }), messageId: doorMessageId(id) };
    case 'send':
      return { kind: act, subject: subjectOf({ of: id, nth: 0 }), messageId: doorMessageId(id), to: address };
    default:
      return unknownAct(act);
  }
}

function unknownAct(act: never): never {
  throw new TypeError(`no door does ${String(act)}`);
}
