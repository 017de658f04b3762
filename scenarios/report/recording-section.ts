import type { Mark, Recording, Timeline } from '../result.ts';
import { count, duration } from './figures.ts';
import { lineChart } from './line-chart.ts';
import { html, type Markup } from './markup.ts';
import { byMailbox, timelineChart } from './timeline-chart.ts';

/** How one run looked over virtual time; folded away unless `open`. */
export function recordingSection(recording: Recording, open: boolean): Markup {
  const { title, index, seed, startsAtMs, virtualMs, verdict, profile, timelines, marks } = recording;
  const named = (...names: string[]) => recording.series.filter(({ name }) => names.includes(name));
  const began = new Date(startsAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return html`<details class="recording"${open && { markup: ' open' }}><summary><h3>${title}</h3> <span class="soft">run ${index}${!title.includes(profile) && `, ${profile}`}, seed ${seed}, ${duration(virtualMs)} from ${began} UTC on</span>${verdict !== 'passed' && html` <span class="badge failed">${verdict}</span>`}</summary>
${lineChart('Backlog', named('incoming-backlog', 'outgoing-backlog'), recording)}
${lineChart('Throughput', named('received-per-hour', 'sent-per-hour'), recording)}
${lineChart('Open connections', named('open-connections'), recording, 110)}
${timelineChart(recording)}
${timelines.length > 0 && html`<details><summary>Cycles in numbers</summary>${cycleTable(timelines)}</details>`}
${marks.length > 0 && html`<details><summary>${marks.length} marks: faults, throttles, operations, alerts</summary>${markTable(marks)}</details>`}
</details>`;
}

function cycleTable(timelines: readonly Timeline[]): Markup {
  const heads = ['cycles', 'items', 'items failed', 'cycles failed', 'throttled', 'backed off', 'waited so'];
  return html`<div class="wide"><table><thead><tr><th>mailbox</th><th>workload</th>${heads.map((head) => html`<th class="number">${head}</th>`)}</tr></thead><tbody>${byMailbox(
    timelines,
  )
    .flatMap(([, rows]) => rows)
    .map(({ mailbox, workload, cycles }) => {
      const sum = (of: (cycle: Timeline['cycles'][number]) => number): number =>
        cycles.reduce((all, cycle) => all + of(cycle), 0);
      const held = cycles.filter(({ wait }) => wait !== 'window' && wait !== 'more');
      const numbers = [
        count(cycles.length),
        count(sum(({ items }) => items)),
        count(sum(({ failed }) => failed)),
        count(sum(({ outcome }) => Number(outcome === 'failure'))),
        count(sum(({ wait }) => Number(wait === 'throttled'))),
        count(held.filter(({ wait }) => wait !== 'throttled').length),
        duration(held.reduce((all, { endMs, nextRunMs }) => all + Math.max(0, nextRunMs - endMs), 0)),
      ];
      return html`<tr><td>${mailbox}</td><td>${workload}</td>${numbers.map((number) => html`<td class="number">${number}</td>`)}</tr>`;
    })}</tbody></table></div>`;
}

function markTable(marks: readonly Mark[]): Markup {
  return html`<div class="wide"><table><thead><tr><th class="number">virtual time</th><th>kind</th><th>mailbox</th><th>what</th></tr></thead><tbody>${marks.map(({ atMs, kind, mailbox, text }) => html`<tr><td class="number">${duration(atMs)}</td><td>${kind}</td><td>${mailbox}</td><td>${text}</td></tr>`)}</tbody></table></div>`;
}
