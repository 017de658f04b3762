import { SyncError } from '../errors/engine-error.ts';
import type { Elsewhere, ElsewhereDoubt, ElsewhereVerdict } from '../incoming/elsewhere.ts';
import { folderLook, folderWay } from './folder-rules.ts';
import type { ImapIncomingWork, Place } from './imap-incoming-work.ts';
import { inboxId, itemKeys } from './item-keys.ts';
import { ofFolder } from './of-folder.ts';

/**
 * Asks the other folders of a mailbox whether messages are still where they were recorded: what is not there any more was
 * moved, what is there was copied. Gmail shows one message under each of its labels: X-GM-MSGID tells it from a copy
 * (developers.google.com/gmail/imap/imap-extensions).
 */
export class OtherFolders implements Elsewhere {
  readonly #work: ImapIncomingWork;
  readonly #here: Place;
  readonly #uidValidity: number;

  constructor(work: ImapIncomingWork, here: Place, uidValidity: number) {
    this.#work = work;
    this.#here = here;
    this.#uidValidity = uidValidity;
  }

  isOf(key: string): boolean {
    return itemKeys.folderOf(key) !== this.#here.id;
  }

  async keeps(key: string): Promise<boolean> {
    const folder = itemKeys.folderOf(key);
    if (folder === this.#here.id || folder === inboxId || !this.#work.places.has(folder)) return false;
    const { store, lease } = this.#work.context;
    return (await store.ledgerEntries(lease.mailboxId, [key])).has(key);
  }

  async look(doubts: readonly ElsewhereDoubt[]): Promise<ReadonlyMap<string, ElsewhereVerdict>> {
    const { session } = this.#work;
    const verdicts = new Map<string, ElsewhereVerdict>();
    const gmailIds = await this.#gmailIds(doubts);
    const keys = new Set(doubts.flatMap((doubt) => doubt.keys));
    for (const [folder, ofIt] of Map.groupBy(keys, (key) => itemKeys.folderOf(key))) {
      const place = this.#work.places.get(folder);
      for (const key of ofIt) verdicts.set(key, place === undefined ? 'gone' : 'unknown');
      if (place !== undefined) await this.#lookInto(place, ofIt, gmailIds, verdicts);
    }
    const back = await session.select(this.#here.path);
    if (back.uidValidity !== this.#uidValidity)
      throw new SyncError({
        class: 'transient',
        code: 'imap-uids-reissued',
        text: `The UIDs of ${this.#here.path} were issued anew while it was being read.`,
        phase: 'select',
      });
    return verdicts;
  }

  async #lookInto(
    place: Place,
    keys: readonly string[],
    gmailIds: ReadonlySet<string>,
    verdicts: Map<string, ElsewhereVerdict>,
  ): Promise<void> {
    const { session } = this.#work;
    const memo = this.#work.memo(place.id);
    try {
      const folder = await session.select(place.path);
      if (memo.lostOn !== undefined || folderWay(folderLook(folder), memo) === 'anew') return;
      const numbering = itemKeys.numbering(place.id, folder.uidValidity, memo.generation);
      const byUid = new Map(
        keys.flatMap((key) => {
          const uid = itemKeys.uidOf(key, numbering);
          return uid === undefined ? [] : [[uid, key] as const];
        }),
      );
      const absent = new Set(byUid.keys());
      for await (const { uid, gmailId } of session.summaries([...byUid.keys()])) {
        const key = byUid.get(uid);
        if (key === undefined) continue;
        absent.delete(uid);
        const same = gmailId !== undefined && gmailIds.has(gmailId);
        verdicts.set(key, same ? this.#sameAs(place) : 'there');
      }
      // What is left out of a reply is not yet gone.
      for (const uid of absent)
        if (!(await session.uids(uid, uid)).includes(uid)) verdicts.set(byUid.get(uid)!, 'gone');
    } catch (error) {
      if (!(error instanceof SyncError) || !ofFolder(error)) throw error;
    }
  }

  /** A tracked folder takes over what the Inbox shows as well; nothing takes from a tracked folder what it still has. */
  #sameAs(there: Place): ElsewhereVerdict {
    return there.id === inboxId ? 'gone' : 'same';
  }

  async #gmailIds(doubts: readonly ElsewhereDoubt[]): Promise<ReadonlySet<string>> {
    const { session } = this.#work;
    const ids = new Set<string>();
    if (!session.can.gmail) return ids;
    for await (const { gmailId } of session.summaries(doubts.map(({ number }) => number)))
      if (gmailId !== undefined) ids.add(gmailId);
    return ids;
  }
}
