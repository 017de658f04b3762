import type { CycleSpan, Mark, Recording, Timeline } from '../result.ts';
import { duration } from './figures.ts';
import { markKey, markPath } from './mark-path.ts';
import { html, type Markup } from './markup.ts';
import { place, plot, timeAxis, timeScale } from './time-axis.ts';

const markHeight = 11;
const rowHeight = 14;
const gap = 7;
/** Above this the row is too dense to point at single cycles, and only those with something to tell have a tooltip. */
const tooltipsEach = 80;

const waits = ['window', 'throttled', 'transient', 'other'] as const;
type Wait = (typeof waits)[number];
const waitNames: Readonly<Record<Wait, string>> = {
  window: 'postpone window',
  throttled: 'throttled',
  transient: 'back-off after an error',
  other: 'other wait',
};

/** Each mailbox's cycles and the waits between them: what happened to it above, then a row per workload. */
export function timelineChart(recording: Recording): Markup | undefined {
  const { timelines, virtualMs, healedAtMs, marks } = recording;
  if (timelines.length === 0) return undefined;
  const x = timeScale(virtualMs);
  let top: number = plot.top;
  const groups = byMailbox(timelines).map(([mailbox, rows]) => {
    const own = marks.filter((mark) => mark.mailbox === mailbox && mark.kind !== 'phase');
    const group = mailboxRows(mailbox, rows, own, top, x, virtualMs);
    top += markHeight + rows.length * rowHeight + gap;
    return group;
  });
  const height = top + plot.bottom;
  const shown = new Set(timelines.map(({ mailbox }) => mailbox));
  const kinds = new Set(marks.filter(({ mailbox }) => shown.has(mailbox ?? '')).map(({ kind }) => kind));
  kinds.delete('phase');
  return html`<figure>
<figcaption>Cycles and waits <span class="key"><i class="cycle success"></i>cycle</span><span class="key"><i class="cycle partial"></i>some items failed</span><span class="key"><i class="cycle failure"></i>failed</span>${waits.map((wait) => html`<span class="key"><i class="wait ${wait}"></i>${waitNames[wait]}</span>`)}${[...kinds].map(markKey)}</figcaption>
<div class="chart"><svg viewBox="0 0 ${plot.width} ${height}" role="img" aria-label="Cycles and waits of ${groups.length} mailboxes over ${duration(virtualMs)}; the table below has them in numbers">
${timeAxis(virtualMs, healedAtMs, height)}
${groups}
</svg></div></figure>`;
}

/** Timelines of one mailbox side by side, incoming first, mailboxes in the order a person counts. */
export function byMailbox(timelines: readonly Timeline[]): [string, Timeline[]][] {
  const names = [...new Set(timelines.map(({ mailbox }) => mailbox))];
  const inOrder = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
  return names.sort(inOrder).map((mailbox) => {
    const own = timelines.filter((timeline) => timeline.mailbox === mailbox);
    return [mailbox, own.sort((a, b) => inOrder(a.workload, b.workload))];
  });
}

function mailboxRows(
  mailbox: string,
  timelines: readonly Timeline[],
  marks: readonly Mark[],
  top: number,
  x: (atMs: number) => number,
  virtualMs: number,
): Markup {
  const short = mailbox.length > 9 ? `${mailbox.slice(0, 8)}…` : mailbox;
  return html`<g class="row">${timelines.map((timeline, n) => {
    const y = top + markHeight + n * rowHeight;
    return html`<text x="${plot.left - 8}" y="${y + 10}" text-anchor="end">${n === 0 ? html`<tspan class="name">${short}<title>${mailbox}</title></tspan> ` : ''}${timeline.workload}</text>${row(timeline, y, x)}${unseen(timeline, y, x, virtualMs)}`;
  })}
${marks.map((mark) => markPath(mark, x, top + 2))}</g>`;
}

/** All cycles of a kind are one path; tooltips hang on invisible boxes above. */
function row({ cycles }: Timeline, y: number, x: (atMs: number) => number): Markup {
  const paths = new Map<string, string>();
  const draw = (kind: string, d: string): void => void paths.set(kind, (paths.get(kind) ?? '') + d);
  for (const { startMs, endMs, nextRunMs, outcome, wait } of cycles) {
    const [start, end, next] = [x(startMs), x(endMs), x(nextRunMs)];
    const kind = kindOfWait(wait);
    const [waitTop, waitHeight] = kind === 'window' ? [y + 4, 4] : [y + 2, 8];
    if (next - end >= 0.1) draw(`wait ${kind}`, box(end, waitTop, next - end, waitHeight));
    draw(`cycle ${kindOfOutcome(outcome)}`, box(start, y, Math.max(1.2, end - start), 12));
  }
  const drawn = [...paths].sort(([a], [b]) => Number(b.startsWith('wait')) - Number(a.startsWith('wait')));
  return html`${drawn.map(([kind, d]) => html`<path class="${kind}" d="${d}"/>`)}${worthTelling(cycles).map(
    (cycle) => {
      const start = x(cycle.startMs);
      const width = Math.max(2, x(cycle.nextRunMs) - start);
      return html`<path class="tip" d="${box(start, y, width, 12)}"><title>${tooltip(cycle)}</title></path>`;
    },
  )}`;
}

/** A row that ends early because no more cycles were recorded must not look as if nothing happened. */
function unseen(
  { cycles }: Timeline,
  y: number,
  x: (atMs: number) => number,
  virtualMs: number,
): Markup | undefined {
  const last = cycles.at(-1)?.nextRunMs ?? virtualMs;
  if (last >= virtualMs) return undefined;
  return html`<path class="unseen" d="M${place(x(last))} ${y + 6}H${place(x(virtualMs))}"><title>from ${duration(last)} on not recorded</title></path>`;
}

function worthTelling(cycles: readonly CycleSpan[]): readonly CycleSpan[] {
  if (cycles.length <= tooltipsEach) return cycles;
  const notable = cycles.filter(({ wait, items, failed, outcome }) => {
    return items > 0 || failed > 0 || wait !== 'window' || outcome !== 'success';
  });
  const every = Math.ceil(notable.length / tooltipsEach);
  return notable.filter((_, n) => n % every === 0);
}

function box(left: number, top: number, width: number, height: number): string {
  return `M${place(left)} ${top}h${place(width)}v${height}h${place(-width)}z`;
}

function kindOfWait(wait: string): Wait {
  return waits.find((one) => one === wait) ?? 'other';
}

function kindOfOutcome(outcome: string): string {
  return outcome === 'failure' || outcome === 'partial' ? outcome : 'success';
}

function tooltip({ startMs, endMs, nextRunMs, outcome, wait, items, failed }: CycleSpan): string {
  const failures = failed > 0 ? `, ${failed} failed` : '';
  return `${duration(startMs)} to ${duration(endMs)}: ${outcome}, ${items} items${failures}; then ${wait} until ${duration(nextRunMs)}`;
}
