/** A way to the folders of the mailbox whose cycle runs, and what filing copies needs of it. */
export interface SentFolders {
  /** Rejects with `SyncError` when no connection can be had, or with what `work` rejects with. */
  use<Result>(work: (session: SentFoldersSession) => Promise<Result>): Promise<Result>;
}

/** A connection to a mailbox, signed in. Every method rejects with `SyncError`. */
export interface SentFoldersSession {
  /** `filesSentItself`: the provider itself puts what goes out over its SMTP server into Sent. */
  readonly quirks: { readonly filesSentItself?: boolean };
  folders(): Promise<readonly NamedFolder[]>;
  findByMessageId(path: string, messageId: string): Promise<readonly number[]>;
  append(
    path: string,
    raw: Uint8Array,
    options: { readonly flags: readonly string[]; readonly internalDateMs: number },
  ): Promise<unknown>;
  /** Absent where none can be made. */
  createFolder?(path: string): Promise<void>;
}

export interface NamedFolder {
  readonly path: string;
  readonly delimiter: string | undefined;
  /** RFC 6154: `\Sent`, `\Drafts`, … */
  readonly specialUse?: string | undefined;
  readonly selectable: boolean;
}
