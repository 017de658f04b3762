import type { Mailbox } from '../../simulators/index.ts';
import type { DoorView } from './door.ts';
import { seen } from './seen.ts';

/** What the provider itself knows to be in a mailbox, in the shape of a door's view. */
export function ownBooks(mailbox: Mailbox): DoorView {
  return new Map(
    mailbox.folders.map(({ role, name, entries }) => [
      role ?? name.toLowerCase(),
      entries.map(({ message, flags }) => seen(message.raw, flags.includes('\\Seen'))),
    ]),
  );
}
