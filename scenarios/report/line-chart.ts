import type { Mark, Recording, Series } from '../result.ts';
import { count, duration, ticks } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { plot, timeAxis, timeScale } from './time-axis.ts';

const height = 190;

/** Quantities of one unit over virtual time, one line per series, with throttles and faults marked above. */
export function lineChart(
  title: string,
  series: readonly Series[],
  recording: Recording,
): Markup | undefined {
  const drawn = series.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return undefined;
  const { virtualMs, healedAtMs, marks } = recording;
  const highest = Math.max(1, ...drawn.flatMap(({ points }) => points.map(([, value]) => value)));
  const x = timeScale(virtualMs);
  const bottom = height - plot.bottom;
  const y = (value: number): number => bottom - (value / highest) * (bottom - plot.top - 8);
  return html`<figure>
<figcaption>${title} <span class="unit">${drawn[0]?.unit}</span>${drawn.map(
    ({ name, group }, n) => html`<span class="key"><i class="line-${n % 6}"></i>${label(name, group)}</span>`,
  )}</figcaption>
<svg viewBox="0 0 ${plot.width} ${height}" role="img" aria-label="${title}">
<g class="grid">${ticks(highest).map(
    (value) =>
      html`<line x1="${plot.left}" x2="${plot.width - plot.right}" y1="${y(value)}" y2="${y(value)}"/><text x="${plot.left - 8}" y="${y(value) + 4}" text-anchor="end">${count(value)}</text>`,
  )}</g>
${timeAxis(virtualMs, healedAtMs, height)}
${drawn.map(
  ({ name, group, points }, n) =>
    html`<path class="line line-${n % 6}" d="${path(points, x, y)}"><title>${label(name, group)}: at most ${count(Math.max(...points.map(([, value]) => value)))}</title></path>`,
)}
${marksAbove(marks, x)}
</svg></figure>`;
}

function label(name: string, group: string): string {
  return group === 'all' ? name : `${name}, ${group}`;
}

/** A level holds until it changes, so the line goes sideways first. */
function path(points: Series['points'], x: (atMs: number) => number, y: (value: number) => number): string {
  let d = '';
  let before: number | undefined;
  for (const [atMs, value] of points) {
    const at = x(atMs).toFixed(1);
    if (before === undefined) d += `M${at} ${y(value).toFixed(1)}`;
    else d += `H${at}${value === before ? '' : `V${y(value).toFixed(1)}`}`;
    before = value;
  }
  return d;
}

function marksAbove(marks: readonly Mark[], x: (atMs: number) => number): readonly Markup[] {
  return marks
    .filter(({ kind }) => kind === 'throttle' || kind === 'fault')
    .map(
      ({ atMs, kind, text }) =>
        html`<path class="mark ${kind}" d="M${x(atMs).toFixed(1)} 2v7"><title>${duration(atMs)} ${kind}: ${text}</title></path>`,
    );
}
