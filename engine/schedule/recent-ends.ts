import type { ErrorClass } from '../errors/error-class.ts';

interface End {
  readonly atMs: number;
  readonly failed: boolean;
}

export interface EndCount {
  readonly ended: number;
  readonly failed: number;
}

/**
 * How the last cycles of mailboxes ended within a span of time, counted as they come and go: neither to record one nor
 * to ask costs more where there are more mailboxes.
 */
export class RecentEnds {
  readonly #spanMs: number;
  readonly #isFailure: (errorClass: ErrorClass) => boolean;
  /** By mailbox, in the order of time. */
  readonly #ends = new Map<string, End>();
  #failed = 0;

  constructor(spanMs: number, isFailure: (errorClass: ErrorClass) => boolean) {
    this.#spanMs = spanMs;
    this.#isFailure = isFailure;
  }

  record(mailboxId: string, atMs: number, errorClass: ErrorClass | undefined): void {
    const before = this.#ends.get(mailboxId);
    if (before !== undefined) this.#forget(mailboxId, before);
    const failed = errorClass !== undefined && this.#isFailure(errorClass);
    this.#ends.set(mailboxId, { atMs, failed });
    if (failed) this.#failed += 1;
  }

  /** Mailboxes whose last cycle ended within the span before `now`; without the one named. */
  count(now: number, except?: string): EndCount {
    for (const [mailboxId, end] of this.#ends) {
      if (end.atMs >= now - this.#spanMs) break;
      this.#forget(mailboxId, end);
    }
    const left = except === undefined ? undefined : this.#ends.get(except);
    if (left === undefined) return { ended: this.#ends.size, failed: this.#failed };
    return { ended: this.#ends.size - 1, failed: this.#failed - Number(left.failed) };
  }

  #forget(mailboxId: string, { failed }: End): void {
    this.#ends.delete(mailboxId);
    if (failed) this.#failed -= 1;
  }
}
