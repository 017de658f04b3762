import { plugInAlert } from '../alerts/codes.ts';
import type { NewAlert } from '../records/alert.ts';
import type { DeliveredEmail, PlugIn, PlugInRunner } from './plug-in.ts';

/** Deliveries that may wait for the asynchronous plug-ins; beyond that the oldest waits no more and is told of. */
const maxWaiting = 10_000;

/**
 * Runs plug-ins: the synchronous ones in their order, inside the cycle; the asynchronous ones one delivery at a time
 * from a queue of their own, so that a slow one holds up no cycle. What they throw becomes an alert.
 */
export class PlugInQueue implements PlugInRunner {
  readonly #synchronous: readonly PlugIn[];
  readonly #asynchronous: readonly PlugIn[];
  readonly #raise: (alert: NewAlert) => Promise<void>;
  readonly #waiting: DeliveredEmail[] = [];
  #running: Promise<void> | undefined;
  #done = 0;
  #failed = 0;

  constructor(plugIns: readonly PlugIn[], raise: (alert: NewAlert) => Promise<void>) {
    this.#synchronous = plugIns.filter(({ mode }) => mode === 'synchronous');
    this.#asynchronous = plugIns.filter(({ mode }) => mode === 'asynchronous');
    this.#raise = raise;
  }

  /** Deliveries that wait for the asynchronous plug-ins, were served, and failed at one. */
  get load(): { readonly waiting: number; readonly done: number; readonly failed: number } {
    return { waiting: this.#waiting.length, done: this.#done, failed: this.#failed };
  }

  async before(delivered: DeliveredEmail): Promise<void> {
    for (const plugIn of this.#synchronous) await plugIn.onDelivery(delivered);
  }

  after(delivered: DeliveredEmail): void {
    if (this.#asynchronous.length === 0) return;
    this.#waiting.push(delivered);
    if (this.#waiting.length > maxWaiting) this.#drop();
    this.#running ??= this.#work();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #drop(): void {
    const dropped = this.#waiting.shift();
    if (dropped === undefined) return;
    this.#failed += 1;
    for (const { name } of this.#asynchronous) {
      void this.#raise(
        plugInAlert(name, dropped.mailboxId, `more than ${maxWaiting} deliveries wait for it`),
      );
    }
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      for (const plugIn of this.#asynchronous) {
        try {
          await plugIn.onDelivery(next);
        } catch (error) {
          this.#failed += 1;
          const why = error instanceof Error ? error.message.slice(0, 300) : 'it threw what is no error';
          await this.#raise(plugInAlert(plugIn.name, next.mailboxId, why));
        }
      }
      this.#done += 1;
    }
    this.#running = undefined;
  }
}
