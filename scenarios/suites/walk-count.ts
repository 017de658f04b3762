import type { Traced } from '../../simulators/index.ts';

const delta = 'GET /mailFolders/{id}/messages/delta';
const dead = /^4\d\d (SyncStateNotFound|resyncRequired|SyncStateInvalid|InvalidSyncStateData)/;

/** Counts walks through whole folders (those whose first page arrived) and the tokens that died, as the server saw both. */
export class WalkCount {
  walks = 0;
  /** Requests that were answered that their token is dead. */
  deadTokens = 0;
  /** By connection: whether the request under way brought a token. */
  readonly #asked = new Map<string, boolean>();

  readonly watch = (event: Traced): void => {
    if (event.kind === 'command') {
      this.#asked.delete(event.connection);
      if (event.command === delta) this.#asked.set(event.connection, /token=[^&]/.test(event.argument ?? ''));
      return;
    }
    // Its page will not arrive.
    if (event.kind === 'fault' && event.phase === 'body') this.#asked.delete(event.connection);
    if (event.kind !== 'reply' || event.command !== delta) return;
    const brought = this.#asked.get(event.connection);
    if (brought === false && event.text.startsWith('200')) this.walks += 1;
    if (brought === true && dead.test(event.text)) this.deadTokens += 1;
  };
}
