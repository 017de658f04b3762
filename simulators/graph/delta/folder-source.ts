import type { Folder } from '../../mailbox/folder.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';
import type { Resource } from '../odata/resource.ts';
import { changeWalk } from './change-walk.ts';
import type { Change, DeltaSource, Walk } from './delta-source.ts';

export interface FolderSourceOptions {
  readonly mailbox: Mailbox;
  render(folder: Folder): Resource;
  idOf(folderId: string): string;
}

/**
 * The folders of one mailbox: made, renamed, moved, deleted. That counts of messages changed is not told; whether
 * Outlook does is published nowhere.
 */
export class FolderSource implements DeltaSource {
  readonly #options: FolderSourceOptions;

  constructor(options: FolderSourceOptions) {
    this.#options = options;
  }

  get seq(): number {
    return this.#options.mailbox.folderSeq;
  }

  everything(): Walk {
    return changeWalk(this.#options.mailbox.folders.map(({ id }) => ({ id, kind: 'created' })));
  }

  since(seq: number): Walk {
    const first = new Map<string, Change>();
    for (const { seq: at, folderId, kind } of this.#options.mailbox.folderJournal)
      if (at > seq && !first.has(folderId))
        first.set(folderId, { id: folderId, kind: kind === 'created' ? 'created' : 'updated' });
    return changeWalk([...first.values()]);
  }

  tell({ id }: Change): Resource | 'gone' {
    const folder = this.#options.mailbox.folderById(id);
    return folder === undefined ? 'gone' : this.#options.render(folder);
  }

  removed(id: string): Resource {
    return { id: this.#options.idOf(id), '@removed': { reason: 'deleted' } };
  }

  bystander(draw: number): Change | undefined {
    const { folders } = this.#options.mailbox;
    const folder = folders[Math.floor(draw * folders.length)];
    return folder && { id: folder.id, kind: 'updated' };
  }
}
