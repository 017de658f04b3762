import type { Delivered, World } from '../../simulators/index.ts';

interface Leaving {
  readonly by: string;
  readonly atMs: number;
}

/**
 * Where messages of folder mailboxes went: one that lies elsewhere than in the Inbox, or a folder that is followed, has left. What lies in the trash
 * was deleted by a client (the operations of a scenario put nothing there).
 */
export class Moves {
  readonly #left = new Map<string, Leaving>();

  /** `followed`: by address, folders beside the Inbox. */
  constructor(world: World, domains: readonly string[], followed: ReadonlyMap<string, ReadonlySet<string>>) {
    for (const domain of domains) {
      for (const mailbox of world.provider(domain).mail.mailboxes.values()) {
        mailbox.onChange((change) => {
          if (change.kind !== 'moved') return;
          const { id } = change.entry.message;
          if (change.folder.role === 'inbox' || followed.get(mailbox.address)?.has(change.folder.name))
            this.#left.delete(id);
          else
            this.#left.set(id, {
              by: change.folder.role === 'trash' ? 'client' : 'a move',
              atMs: world.clock.now(),
            });
        });
      }
    }
  }

  /** Undefined while a message is where it arrived, or back in the Inbox. */
  outOfInbox({ id }: Delivered): Leaving | undefined {
    return this.#left.get(id);
  }
}
