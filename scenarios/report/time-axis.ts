import { duration, timeTicks } from './figures.ts';
import { html, type Markup } from './markup.ts';

export const plot = { left: 64, right: 16, top: 14, bottom: 26, width: 1080 } as const;

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
      ? html`<line class="healed" x1="${x(healedAtMs)}" x2="${x(healedAtMs)}" y1="${plot.top}" y2="${bottom}"><title>faults end here, ${duration(healedAtMs)}</title></line>`
      : undefined;
  return html`<g class="axis"><line x1="${plot.left}" x2="${plot.width - plot.right}" y1="${bottom}" y2="${bottom}"/>${timeTicks(
    virtualMs,
  ).map(
    (atMs) =>
      html`<line x1="${x(atMs)}" x2="${x(atMs)}" y1="${bottom}" y2="${bottom + 4}"/><text x="${x(atMs)}" y="${bottom + 17}" text-anchor="middle">${duration(atMs)}</text>`,
  )}${healed}</g>`;
}
