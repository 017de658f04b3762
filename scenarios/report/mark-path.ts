import type { Mark } from '../result.ts';
import { duration } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { place } from './time-axis.ts';

const shapes: Readonly<Record<Mark['kind'], string>> = {
  throttle: 'v8',
  fault: 'm-3.5 0h7l-3.5 7z',
  operation: 'm-2 2h4v4h-4z',
  alert: 'm0 0l3.5 3.5l-3.5 3.5l-3.5 -3.5z',
  engine: 'm-3 7h6l-3 -7z',
  phase: 'v8',
};

/** What happened at one instant: a shape and a colour for each kind, its text as a tooltip. */
export function markPath({ atMs, kind, text }: Mark, x: (atMs: number) => number, top: number): Markup {
  return html`<path class="mark ${kind}" d="M${place(x(atMs))} ${top}${shapes[kind]}"><title>${duration(atMs)} ${kind}: ${text}</title></path>`;
}

/** The shape of a kind, for a legend. */
export function markKey(kind: Mark['kind']): Markup {
  return html`<span class="key"><svg class="sample" viewBox="0 0 10 10" aria-hidden="true"><path class="mark ${kind}" d="M5 1${shapes[kind]}"/></svg>${kind}</span>`;
}
