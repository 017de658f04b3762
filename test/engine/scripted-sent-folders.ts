import { SyncError } from '../../engine/errors/engine-error.ts';
import type { ClassifiedError } from '../../engine/errors/error-class.ts';
import type { NamedFolder, SentFolders, SentFoldersSession } from '../../engine/outgoing/sent-folders.ts';

/** What happens to an APPEND: it is filed, filed with the reply lost, or not filed. */
export type AppendFate = 'filed' | { readonly error: ClassifiedError; readonly filed: boolean };

export interface FiledCopy {
  readonly path: string;
  readonly raw: string;
  readonly flags: readonly string[];
  readonly internalDateMs: number;
}

/** The folders of one mailbox, kept in memory, whose server does as it is told. */
export class ScriptedSentFolders implements SentFolders {
  readonly filed: FiledCopy[] = [];
  readonly created: string[] = [];
  connections = 0;
  looks = 0;
  appends = 0;
  filesSentItself = false;
  makesFolders = true;
  list: readonly NamedFolder[] = [
    { path: 'INBOX', delimiter: '/', selectable: true },
    { path: 'Gesendet', delimiter: '/', selectable: true, specialUse: '\\Sent' },
  ];
  connect: ClassifiedError | undefined;
  append: (raw: string) => AppendFate = () => 'filed';

  async use<Result>(work: (session: SentFoldersSession) => Promise<Result>): Promise<Result> {
    this.connections += 1;
    if (this.connect !== undefined) throw new SyncError(this.connect);
    return work({
      quirks: { filesSentItself: this.filesSentItself },
      folders: async () => this.list,
      findByMessageId: async (path, messageId) => {
        this.looks += 1;
        return this.filed.flatMap((copy, index) =>
          copy.path === path && copy.raw.includes(`Message-ID: ${messageId}`) ? [index + 1] : [],
        );
      },
      append: async (path, bytes, options) => {
        this.appends += 1;
        const raw = Buffer.from(bytes).toString();
        const fate = this.append(raw);
        if (fate === 'filed' || fate.filed) this.filed.push({ path, raw, ...options });
        if (fate !== 'filed') throw new SyncError(fate.error);
      },
      ...(this.makesFolders && {
        createFolder: async (path: string) => {
          this.created.push(path);
          this.list = [...this.list, { path, delimiter: '/', selectable: true }];
        },
      }),
    });
  }
}
