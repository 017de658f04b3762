import { Readable } from 'node:stream';

const chunkBytes = 64 * 1024;

/**
 * A message that is read only as far as the client sends it, so that one can tell afterwards how far that was. The
 * last chunk is held back until `beforeHandOver` agrees: before that the final dot cannot have left.
 */
export class MessageStream extends Readable {
  /** `unread`: the server never asked for it. `partly`: begun, its end still here. `whole`: its end may have left. */
  progress: 'unread' | 'partly' | 'whole' = 'unread';
  #offset = 0;
  readonly #content: Uint8Array;
  readonly #beforeHandOver: () => Promise<boolean>;
  readonly #onProgress: (progress: 'partly' | 'whole') => void;

  constructor(
    content: Uint8Array,
    beforeHandOver: () => Promise<boolean>,
    onProgress: (progress: 'partly' | 'whole') => void,
  ) {
    // One chunk at a time: reading ahead would say more than was sent.
    super({ highWaterMark: 1 });
    this.#content = content;
    this.#beforeHandOver = beforeHandOver;
    this.#onProgress = onProgress;
  }

  override _read(): void {
    if (this.progress === 'whole') return;
    this.progress = 'partly';
    this.#onProgress('partly');
    const end = this.#offset + chunkBytes;
    if (end < this.#content.length) {
      const chunk = this.#content.subarray(this.#offset, end);
      this.#offset = end;
      this.push(chunk);
      return;
    }
    this.#beforeHandOver().then(
      (agreed) => {
        if (this.destroyed) return;
        if (!agreed) {
          this.destroy(new Error('The hand-over was called off before the final dot.'));
          return;
        }
        this.progress = 'whole';
        this.#onProgress('whole');
        this.push(this.#content.subarray(this.#offset));
        this.push(null);
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }
}
