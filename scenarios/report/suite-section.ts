import type { InvariantCount, Measurement, Recording, SuiteResult } from '../result.ts';
import { describe } from '../verdict.ts';
import { count, duration } from './figures.ts';
import { lineChart } from './line-chart.ts';
import { html, type Markup } from './markup.ts';
import { timelineChart } from './timeline-chart.ts';

/** Everything about one suite: its law, what it predicted and measured, what was exercised, and how runs looked. */
export function suiteSection(suite: SuiteResult): Markup {
  return html`<section id="${suite.name}">
<h2>${suite.name} <span class="badge ${suite.verdict === 'passed' ? 'passed' : 'failed'}">${suite.verdict}</span></h2>
<p>${suite.title}</p>
<p class="law soft">${suite.law}</p>
${suite.failures.map(
  ({ verdict, replay, index }) =>
    html`<div class="replay"><p>Run ${index}: ${describe(verdict)}</p><p><code>${replay}</code></p></div>`,
)}
${suite.measurements.length > 0 && measurements(suite.measurements)}
${suite.invariants.length > 0 && html`<details><summary>Invariants: how often each was really exercised</summary>${invariantTable(suite.invariants)}</details>`}
${suite.recordings.map(recordingFigures)}
</section>`;
}

function measurements(rows: readonly Measurement[]): Markup {
  return html`<div class="wide"><table><thead><tr><th>what</th><th>profile</th><th class="number">predicted</th><th class="number">measured</th><th></th></tr></thead><tbody>${rows.map(
    ({ name, profile, unit, predicted, measured, holds }) =>
      html`<tr class="${holds ? 'yes' : 'no'}"><td>${name}</td><td>${profile}</td><td class="number">${range(predicted)} ${unit}</td><td class="number">${count(measured)} ${unit}</td><td>${holds ? 'holds' : 'does not hold'}</td></tr>`,
  )}</tbody></table></div>`;
}

function range({ atLeast, atMost }: Measurement['predicted']): string {
  if (atLeast === atMost) return count(atLeast);
  if (!Number.isFinite(atMost)) return `≥ ${count(atLeast)}`;
  return `${count(atLeast)} – ${count(atMost)}`;
}

export function invariantTable(rows: readonly InvariantCount[]): Markup {
  return html`<div class="wide"><table><thead><tr><th>invariant</th><th></th><th class="number">exercised</th><th class="number">violations</th></tr></thead><tbody>${rows.map(
    ({ id, name, exercised, violations }) =>
      html`<tr class="${violations > 0 ? 'no' : 'yes'}"><td>${id}</td><td>${name}</td><td class="number">${count(exercised)}</td><td class="number">${count(violations)}</td></tr>`,
  )}</tbody></table></div>`;
}

function recordingFigures(recording: Recording): Markup {
  const named = (...names: string[]) => recording.series.filter(({ name }) => names.includes(name));
  return html`<h3>${recording.title} <span class="soft">run ${recording.index}, ${recording.profile}, seed ${recording.seed}, ${duration(recording.virtualMs)} of virtual time</span></h3>
${lineChart('Backlog', named('incoming-backlog', 'outgoing-backlog'), recording)}
${lineChart('Throughput', named('received-per-hour', 'sent-per-hour'), recording)}
${lineChart('Open connections', named('open-connections'), recording)}
${timelineChart(recording)}
${recording.marks.length > 0 && html`<details><summary>${recording.marks.length} marks: faults, throttles, operations, alerts</summary><div class="wide"><table><tbody>${recording.marks.map(({ atMs, kind, mailbox, text }) => html`<tr><td class="number">${duration(atMs)}</td><td>${kind}</td><td>${mailbox}</td><td>${text}</td></tr>`)}</tbody></table></div></details>`}`;
}
