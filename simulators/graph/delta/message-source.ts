import type { Folder, FolderEntry } from '../../mailbox/folder.ts';
import { journalIndex } from '../../mailbox/journal-index.ts';
import type { Mailbox, Place } from '../../mailbox/mailbox.ts';
import type { Resource } from '../odata/resource.ts';
import { changeWalk } from './change-walk.ts';
import type { Change, DeltaSource, Walk } from './delta-source.ts';
import type { DeltaQuery } from './sync-states.ts';

export interface MessageSourceOptions {
  readonly mailbox: Mailbox;
  readonly folder: Folder;
  readonly query: DeltaQuery;
  /** Whether the first round begins with the newest message, where nobody asked for an order. */
  readonly backwards: boolean;
  render(place: Place): Resource;
  /** The id of a message that was in the folder, in the form the client asked for. */
  idOf(messageId: string): string;
}

/** The messages of one folder. Whatever leaves the folder is deleted, also when it only moved. */
export class MessageSource implements DeltaSource {
  readonly #options: MessageSourceOptions;

  constructor(options: MessageSourceOptions) {
    this.#options = options;
  }

  get seq(): number {
    return this.#options.folder.highestModSeq;
  }

  everything(): Walk {
    const { folder, query, backwards } = this.#options;
    // The array and its length of this moment: a snapshot for nothing.
    const { entries } = folder;
    const { length } = entries;
    if (query.newestFirst === true) return entryWalk(newestFirst(entries), length, false);
    return entryWalk(entries, length, backwards);
  }

  since(seq: number): Walk {
    const { journal } = this.#options.folder;
    const first = new Map<string, Change>();
    for (let at = journalIndex(journal, seq); at < journal.length; at += 1) {
      const event = journal[at];
      if (event !== undefined && !first.has(event.messageId))
        first.set(event.messageId, {
          id: event.messageId,
          kind: event.kind === 'arrived' ? 'created' : 'updated',
        });
    }
    return changeWalk([...first.values()]);
  }

  tell({ id }: Change): Resource | 'gone' | undefined {
    const { mailbox, folder, query } = this.#options;
    const place = mailbox.find(id);
    if (place === undefined || place.folder !== folder) return 'gone';
    const { receivedAtMs } = place.entry.message;
    if (query.receivedFromMs !== undefined && receivedAtMs < query.receivedFromMs) return undefined;
    return this.#options.render(place);
  }

  removed(id: string): Resource {
    return { id: this.#options.idOf(id), '@removed': { reason: 'deleted' } };
  }

  bystander(draw: number): Change | undefined {
    const { entries } = this.#options.folder;
    const entry = entries[Math.floor(draw * entries.length)];
    return entry && { id: entry.message.id, kind: 'updated' };
  }
}

function entryWalk(entries: readonly FolderEntry[], length: number, backwards: boolean): Walk {
  return {
    length,
    at(index) {
      const entry = entries[backwards ? length - 1 - index : index];
      if (entry === undefined) throw new RangeError(`A snapshot of ${length} messages has none at ${index}.`);
      return { id: entry.message.id, kind: 'created' };
    },
  };
}

function newestFirst(entries: readonly FolderEntry[]): readonly FolderEntry[] {
  return [...entries].sort((a, b) => b.message.receivedAtMs - a.message.receivedAtMs || b.uid - a.uid);
}
