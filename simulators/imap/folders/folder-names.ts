import { type Folder, type FolderRole, standardFolders } from '../../mailbox/folder.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { ImapProfile } from '../../profiles/imap-profile.ts';
import { perProfile } from '../per-profile.ts';
import type { FolderState } from './folder-state.ts';

// Object.keys of this very record: the roles.
const roles = Object.keys(standardFolders) as FolderRole[];

const shownNames = perProfile(
  ({ folderNames }): ReadonlyMap<string, string> =>
    new Map(roles.map((role) => [standardFolders[role], folderNames[role] ?? standardFolders[role]])),
);

/** What folders are called over IMAP: the provider has names of its own for the standard ones. Names are characters. */
export class FolderNames {
  readonly #mailbox: Mailbox;
  readonly #state: FolderState;
  /** From the model's name to the provider's. */
  readonly #shown: ReadonlyMap<string, string>;

  constructor(mailbox: Mailbox, profile: ImapProfile, state: FolderState) {
    this.#mailbox = mailbox;
    this.#state = state;
    this.#shown = shownNames(profile);
  }

  /** All folders that clients can see, the inbox first. */
  get all(): readonly Folder[] {
    return this.#mailbox.folders.filter((folder) => this.#state.isThere(folder));
  }

  shownName({ name }: Folder): string {
    return this.shown(name);
  }

  /** The provider's form of a name of the model. */
  shown(name: string): string {
    const slash = name.indexOf('/');
    const first = slash < 0 ? name : name.slice(0, slash);
    const shown = this.#shown.get(first);
    return shown === undefined ? name : shown + name.slice(first.length);
  }

  /** The model's form of a name; undefined for one that belongs to a standard folder under its other name. */
  modelName(shown: string): string | undefined {
    for (const [name, other] of this.#shown) {
      const head = shown.slice(0, other.length);
      const same =
        name === standardFolders.inbox ? head.toUpperCase() === other.toUpperCase() : head === other;
      if (same && (shown.length === other.length || shown[other.length] === '/'))
        return name + shown.slice(other.length);
    }
    const [first = ''] = shown.split('/', 1);
    return this.#shown.has(first) ? undefined : shown;
  }

  find(shown: string): Folder | undefined {
    const name = this.modelName(shown);
    const folder = name === undefined ? undefined : this.#mailbox.folder(name);
    return folder !== undefined && this.#state.isThere(folder) ? folder : undefined;
  }
}
