import type { Traced } from '../../simulators/trace/event.ts';
import type { CycleSpan, Mark, Series, Timeline } from '../result.ts';
import { TimeSeries } from './time-series.ts';

const maxMailboxes = 12;
const maxCyclesEach = 400;
const maxMarks = 600;

/** What a recorder gives back: the parts of a `Recording` that come from the trace. */
export interface Recorded {
  readonly series: readonly Series[];
  readonly timelines: readonly Timeline[];
  readonly marks: readonly Mark[];
}

/**
 * Listens to a world's trace and keeps what a report draws: backlog and throughput per domain, cycles with their
 * postpone windows, and marks for what was done to the world. Memory is bounded whatever the run's length.
 */
export class Recorder {
  readonly #startsAtMs: number;
  readonly #local: ReadonlyMap<string, string>;
  readonly #incoming = new Map<string, TimeSeries>();
  readonly #outgoing = new Map<string, TimeSeries>();
  readonly #received = new Map<string, TimeSeries>();
  readonly #sent = new Map<string, TimeSeries>();
  readonly #connections = new TimeSeries('level');
  readonly #timelines = new Map<string, { mailbox: string; workload: string; cycles: CycleSpan[] }>();
  readonly #startedMs = new Map<string, number>();
  readonly #marks: Mark[] = [];

  /** `groups` names the domain of each mailbox by the name the engine and the server use for it. */
  constructor(startsAtMs: number, groups: ReadonlyMap<string, string>) {
    this.#startsAtMs = startsAtMs;
    this.#local = groups;
  }

  /** `count` messages were queued to go out; the trace does not say so. */
  queued(mailbox: string, atMs: number, count: number): void {
    seriesOf(this.#outgoing, this.#groupOf(mailbox), 'level').add(atMs, count);
  }

  onEvent(event: Traced): void {
    switch (event.kind) {
      case 'connect':
        this.#connections.add(event.atMs, 1);
        return;
      case 'disconnect':
        this.#connections.add(event.atMs, -1);
        return;
      case 'delivered':
        if (this.#local.has(event.mailbox)) {
          seriesOf(this.#incoming, this.#groupOf(event.mailbox), 'level').add(event.atMs, 1);
        }
        return;
      case 'cycle-start':
        this.#startedMs.set(`${event.mailbox} ${event.workload}`, event.atMs);
        return;
      case 'cycle-end':
        this.#cycleEnded(event);
        return;
      case 'send':
        if (event.outcome === 'sent' || event.outcome === 'failed' || event.outcome === 'uncertain') {
          const group = this.#groupOf(event.mailbox);
          seriesOf(this.#outgoing, group, 'level').add(event.atMs, -1);
          if (event.outcome === 'sent') seriesOf(this.#sent, group, 'sum').add(event.atMs, 1);
        }
        return;
      case 'fault':
        this.#mark(event.atMs, 'fault', event.mailbox, `${event.rule}: ${event.action} at ${event.phase}`);
        return;
      case 'throttle':
        this.#mark(event.atMs, 'throttle', event.mailbox, `${event.limiter}: ${event.breach}`);
        return;
      case 'operation':
        this.#mark(event.atMs, 'operation', event.mailbox, `${event.id}: ${event.operation}`);
        return;
      case 'alert':
        this.#mark(event.atMs, 'alert', event.mailbox, event.code);
        return;
      case 'phase':
        this.#mark(event.atMs, 'phase', undefined, event.name);
        return;
      case 'engine':
        this.#mark(event.atMs, 'engine', undefined, `${event.engine} ${event.what}`);
        return;
      default:
        return;
    }
  }

  finish(untilMs: number): Recorded {
    const series: Series[] = [];
    for (const [name, unit, all] of [
      ['incoming-backlog', 'messages', this.#incoming],
      ['outgoing-backlog', 'messages', this.#outgoing],
      ['received-per-hour', 'messages/hour', this.#received],
      ['sent-per-hour', 'messages/hour', this.#sent],
    ] as const) {
      for (const [group, values] of all) series.push({ name, unit, group, points: values.points(untilMs) });
    }
    if (!this.#connections.empty) {
      const points = this.#connections.points(untilMs);
      series.push({ name: 'open-connections', unit: 'connections', group: 'all', points });
    }
    return { series, timelines: [...this.#timelines.values()], marks: this.#marks };
  }

  #cycleEnded(event: Extract<Traced, { kind: 'cycle-end' }>): void {
    const key = `${event.mailbox} ${event.workload}`;
    if (event.workload === 'incoming' && event.items > 0) {
      const group = this.#groupOf(event.mailbox);
      seriesOf(this.#incoming, group, 'level').add(event.atMs, -event.items);
      seriesOf(this.#received, group, 'sum').add(event.atMs, event.items);
    }
    let timeline = this.#timelines.get(key);
    if (timeline === undefined) {
      if (this.#timelines.size >= 2 * maxMailboxes) return;
      timeline = { mailbox: event.mailbox, workload: event.workload, cycles: [] };
      this.#timelines.set(key, timeline);
    }
    if (timeline.cycles.length >= maxCyclesEach) return;
    timeline.cycles.push({
      startMs: this.#startedMs.get(key) ?? event.atMs,
      endMs: event.atMs,
      nextRunMs: event.nextRunAtMs - this.#startsAtMs,
      outcome: event.outcome,
      wait: event.wait,
      items: event.items,
      failed: event.failed,
    });
  }

  #groupOf(mailbox: string): string {
    return this.#local.get(mailbox) ?? 'outside';
  }

  #mark(atMs: number, kind: Mark['kind'], mailbox: string | undefined, text: string): void {
    if (this.#marks.length < maxMarks) this.#marks.push({ atMs, kind, mailbox, text });
  }
}

function seriesOf(all: Map<string, TimeSeries>, group: string, kind: 'level' | 'sum'): TimeSeries {
  let series = all.get(group);
  if (series === undefined) {
    series = new TimeSeries(kind);
    all.set(group, series);
  }
  return series;
}
