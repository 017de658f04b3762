import { SyncError } from '../errors/engine-error.ts';

/** No session came about. */
export class ImapNotOpened extends SyncError {
  /** The connection ended without the server having shown that it is closed: it may count it still. */
  readonly lingering: boolean;
  constructor({ classified, cause }: SyncError, lingering: boolean) {
    super(classified, { cause });
    this.lingering = lingering;
  }
}
