import type { Mark, Recording, Series } from '../result.ts';
import { count, duration, ticks } from './figures.ts';
import { markKey, markPath } from './mark-path.ts';
import { html, type Markup } from './markup.ts';
import { place, plot, timeAxis, timeScale } from './time-axis.ts';

/** How much higher than the axis a curve may climb: room for the marks above it. */
const markRoom = 10;

/** Quantities of one unit over virtual time, one line per series, with throttles and faults marked above. */
export function lineChart(
  title: string,
  series: readonly Series[],
  recording: Recording,
  height = 150,
): Markup | undefined {
  const drawn = series.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return undefined;
  const { virtualMs, healedAtMs, marks } = recording;
  const seen = marks.filter(({ kind }) => kind === 'throttle' || kind === 'fault');
  const kinds = [...new Set(seen.map(({ kind }) => kind))];
  const highest = Math.max(1, ...drawn.map(peak));
  const x = timeScale(virtualMs);
  const bottom = height - plot.bottom;
  const y = (value: number): number => bottom - (value / highest) * (bottom - plot.top - markRoom);
  const groups = new Set(drawn.map(({ group }) => group)).size;
  const label = ({ name, group }: Series): string => {
    const words = name.replace('-per-hour', '').replaceAll('-', ' ');
    return groups > 1 ? `${words}, ${group}` : words;
  };
  const about = `${title} over ${duration(virtualMs)}: ${drawn.map((one) => `${label(one)} at most ${count(peak(one))} ${one.unit}`).join('; ')}`;
  return html`<figure>
<figcaption>${title} <span class="unit">${drawn[0]?.unit}</span>${drawn.map(
    (one, n) => html`<span class="key"><i class="line-${n % 6}"></i>${label(one)}</span>`,
  )}${kinds.map(markKey)}</figcaption>
<div class="chart"><svg viewBox="0 0 ${plot.width} ${height}" role="img" aria-label="${about}">
<g class="grid">${wholeTicks(highest).map(
    (value) =>
      html`<line x1="${plot.left}" x2="${plot.width - plot.right}" y1="${place(y(value))}" y2="${place(y(value))}"/><text x="${plot.left - 8}" y="${place(y(value) + 4)}" text-anchor="end">${count(value)}</text>`,
  )}</g>
${timeAxis(virtualMs, healedAtMs, height)}
${drawn.map(
  (one, n) =>
    html`<path class="line line-${n % 6}" d="${curve(one.points, x, y, virtualMs)}"><title>${label(one)}: at most ${count(peak(one))} ${one.unit}</title></path>`,
)}
${seen.map((mark: Mark) => markPath(mark, x, 3))}
</svg></div></figure>`;
}

function peak({ points }: Series): number {
  return points.reduce((most, [, value]) => Math.max(most, value), 0);
}

/** Everything counted here comes in wholes. */
function wholeTicks(highest: number): number[] {
  return ticks(highest, 3).filter(Number.isInteger);
}

/** A level holds until it changes, so the line goes sideways first. It is 0 before the first point, and reaches the end. */
function curve(
  points: Series['points'],
  x: (atMs: number) => number,
  y: (value: number) => number,
  untilMs: number,
): string {
  let d = `M${place(x(0))} ${place(y(0))}`;
  let before = 0;
  for (const [atMs, value] of points) {
    if (value === before) continue;
    d += `H${place(x(atMs))}V${place(y(value))}`;
    before = value;
  }
  return `${d}H${place(x(untilMs))}`;
}
