import type { DoorView, SeenMessage } from './door.ts';

/** What one door showed at a time, and what it should have shown. */
export interface Look {
  /** The operation after which it was looked. */
  readonly after: string;
  readonly door: string;
  readonly books: DoorView;
  readonly view: DoorView;
}

/**
 * Where a door shows something else than the provider's books have, a sentence each: in the folders it shows, the same
 * messages as multisets of bytes, and read where it says so.
 */
export function disagreements({ after, door, books, view }: Look): string[] {
  const found: string[] = [];
  for (const [folder, messages] of view) {
    const own = books.get(folder);
    if (own === undefined) {
      found.push(`after ${after} ${door} shows a folder ${folder} that is not there`);
      continue;
    }
    const told = messages.some(({ read }) => read !== undefined);
    const shown = inOrder(messages, told);
    const there = inOrder(own, told);
    if (shown.join() !== there.join())
      found.push(
        `after ${after} ${door} shows in ${folder}: ${shown.join(', ') || 'nothing'}; there is: ${there.join(', ') || 'nothing'}`,
      );
  }
  // A door that shows folders shows all that hold anything; servers make standard ones when they are first needed.
  if (door !== 'pop3')
    for (const [folder, messages] of books)
      if (messages.length > 0 && !view.has(folder))
        found.push(`after ${after} ${door} does not show the folder ${folder}`);
  return found;
}

function inOrder(messages: readonly SeenMessage[], withRead: boolean): string[] {
  return messages
    .map(
      ({ sha256, subject, read }) =>
        `"${subject}" ${sha256.slice(0, 8)}${withRead ? (read ? ' read' : ' unread') : ''}`,
    )
    .sort();
}
