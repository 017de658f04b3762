import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';

/**
 * Whom a failure is about: the `service` (server, account, connection: other items would fare the same), this
 * `message` (or other item), or some `recipient` of it.
 */
export type GraphScope = 'service' | 'message' | 'recipient';

export interface ClassifiedGraph extends ClassifiedError {
  readonly scope: GraphScope;
}

/**
 * A request to Graph that did not go well. `sent` tells what became of it, as far as this side can know:
 *
 * no       it did not reach the server, or the server put it off unread (401, 429)
 * refused  the server said no, and is believed
 * unknown  it may have been done: a lost reply, a time-out, an error of the server's own (5xx)
 */
export class GraphFailure extends SyncError {
  declare readonly classified: ClassifiedGraph;
  readonly sent: 'no' | 'refused' | 'unknown';
  /** HTTP status; `undefined` when no reply came. */
  readonly status: number | undefined;
  /** `error.code` of the reply, as it was spelled: compare without regard to case. */
  readonly graphCode: string | undefined;

  constructor(
    classified: ClassifiedGraph,
    told: {
      readonly sent: 'no' | 'refused' | 'unknown';
      readonly status?: number | undefined;
      readonly graphCode?: string | undefined;
    },
    options?: ErrorOptions,
  ) {
    super(classified, options);
    this.name = 'GraphFailure';
    this.sent = told.sent;
    this.status = told.status;
    this.graphCode = told.graphCode;
  }
}
