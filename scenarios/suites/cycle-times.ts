import type { Traced } from '../../simulators/index.ts';

/** A cycle as the trace tells it: how long it took and how much it did. */
export interface CycleTime {
  readonly mailbox: string;
  readonly workload: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly items: number;
}

/** Collects the cycles of a run. */
export class CycleTimes {
  readonly #open = new Map<string, number>();
  readonly cycles: CycleTime[] = [];

  readonly watch = (event: Traced): void => {
    if (event.kind === 'cycle-start') this.#open.set(`${event.workload} ${event.mailbox}`, event.atMs);
    if (event.kind !== 'cycle-end') return;
    const { mailbox, workload, items } = event;
    const startMs = this.#open.get(`${workload} ${mailbox}`);
    if (startMs !== undefined) this.cycles.push({ mailbox, workload, startMs, endMs: event.atMs, items });
  };

  of(mailbox: string, workload: string): CycleTime[] {
    return this.cycles.filter((cycle) => cycle.mailbox === mailbox && cycle.workload === workload);
  }
}
