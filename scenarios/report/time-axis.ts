import { duration, timeTicks } from './figures.ts';
import { html, type Markup } from './markup.ts';

/** The same for all charts of a recording, so that an instant stands at the same place in each. */
export const plot = { left: 118, right: 26, top: 14, bottom: 26, width: 1080 } as const;

/** Where an instant stands on every chart of one recording. */
export function timeScale(virtualMs: number): (atMs: number) => number {
  const span = Math.max(1, virtualMs);
  const width = plot.width - plot.left - plot.right;
  return (atMs) => plot.left + (Math.min(span, Math.max(0, atMs)) / span) * width;
}

/** The time axis below a chart of `height`, with a line where faults ended. */
export function timeAxis(virtualMs: number, healedAtMs: number, height: number): Markup {
  const x = timeScale(virtualMs);
  const bottom = height - plot.bottom;
  const healed =
    healedAtMs > 0 && healedAtMs < virtualMs
      ? html`<line class="healed" x1="${place(x(healedAtMs))}" x2="${place(x(healedAtMs))}" y1="${plot.top}" y2="${bottom}"><title>faults end here, ${duration(healedAtMs)}</title></line>`
      : undefined;
  return html`<g class="axis"><line x1="${plot.left}" x2="${plot.width - plot.right}" y1="${bottom}" y2="${bottom}"/>${timeTicks(
    virtualMs,
  ).map(
    (atMs) =>
      html`<line x1="${place(x(atMs))}" x2="${place(x(atMs))}" y1="${bottom}" y2="${bottom + 4}"/><text x="${place(x(atMs))}" y="${bottom + 17}" text-anchor="middle">${hoursAndMinutes(atMs)}</text>`,
  )}${healed}</g>`;
}

/** A coordinate with one digit behind the point: finer than a screen, and short. */
export function place(coordinate: number): string {
  return String(Math.round(coordinate * 10) / 10);
}

function hoursAndMinutes(atMs: number): string {
  const text = duration(atMs);
  return text.includes('d') ? text : text.slice(0, 5);
}
