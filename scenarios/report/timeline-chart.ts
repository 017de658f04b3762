import type { CycleSpan, Mark, Recording, Timeline } from '../result.ts';
import { duration } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { plot, timeAxis, timeScale } from './time-axis.ts';

const rowHeight = 18;

/** Each mailbox's cycles and the postpone windows between them, a row per mailbox and workload. */
export function timelineChart(recording: Recording): Markup | undefined {
  const { timelines, virtualMs, healedAtMs, marks } = recording;
  if (timelines.length === 0) return undefined;
  const height = plot.top + timelines.length * rowHeight * 2 + plot.bottom;
  const x = timeScale(virtualMs);
  return html`<figure>
<figcaption>Cycles and postpone windows <span class="key"><i class="cycle success"></i>cycle</span><span class="key"><i class="cycle failure"></i>failed cycle</span><span class="key"><i class="wait window"></i>window</span><span class="key"><i class="wait throttled"></i>throttled</span><span class="key"><i class="wait transient"></i>transient error</span><span class="key"><i class="wait other"></i>other wait</span></figcaption>
<svg viewBox="0 0 ${plot.width} ${height}" role="img" aria-label="Cycles and postpone windows">
${timeAxis(virtualMs, healedAtMs, height)}
${timelines.map((timeline, row) => rowOf(timeline, plot.top + row * rowHeight * 2, x, marks))}
</svg></figure>`;
}

function rowOf(timeline: Timeline, top: number, x: (atMs: number) => number, marks: readonly Mark[]): Markup {
  const y = top + rowHeight;
  const own = marks.filter(({ mailbox, kind }) => mailbox === timeline.mailbox && kind !== 'phase');
  return html`<g class="row"><text x="${plot.left}" y="${top + 13}">${timeline.mailbox} · ${timeline.workload}</text>
${timeline.cycles.map((cycle) => cycleOf(cycle, y, x))}
${own.map(({ atMs, kind, text }) => html`<circle class="mark ${kind}" cx="${x(atMs).toFixed(1)}" cy="${y - 3}" r="2.2"><title>${duration(atMs)} ${kind}: ${text}</title></circle>`)}</g>`;
}

function cycleOf(cycle: CycleSpan, y: number, x: (atMs: number) => number): Markup {
  const { startMs, endMs, nextRunMs, outcome, wait, items, failed } = cycle;
  const failures = failed > 0 ? `, ${failed} failed` : '';
  const about = `${duration(startMs)} to ${duration(endMs)}: ${outcome}, ${items} items${failures}; then ${wait} until ${duration(nextRunMs)}`;
  const kind = ['window', 'throttled', 'transient'].includes(wait) ? wait : 'other';
  const start = x(startMs);
  const width = Math.max(1.2, x(endMs) - start);
  return html`<g><title>${about}</title><rect class="wait ${kind}" x="${x(endMs).toFixed(1)}" y="${y + 4}" width="${Math.max(0, x(nextRunMs) - x(endMs)).toFixed(1)}" height="4"/><rect class="cycle ${outcome === 'failure' ? 'failure' : 'success'}" x="${start.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="12"/></g>`;
}
