import type { InvariantCount, Measurement, SuiteResult } from '../result.ts';
import { failureBox } from './failure-box.ts';
import { count } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { recordingSection } from './recording-section.ts';

/** Everything about one suite: its law, what it predicted and measured, what was exercised, and how runs looked. */
export function suiteSection(suite: SuiteResult): Markup {
  const failed = suite.recordings.some(({ verdict }) => verdict !== 'passed');
  return html`<section id="${suite.name}">
<h2>${suite.name} <span class="badge ${suite.verdict === 'passed' ? 'passed' : 'failed'}">${suite.verdict}</span></h2>
<p>${suite.title}</p>
<p class="law soft">${suite.law}</p>
${suite.failures.map(failureBox)}
${suite.measurements.length > 0 && measurements(suite.measurements)}
${suite.invariants.length > 0 && html`<details><summary>Invariants: how often each was really exercised</summary>${invariantTable(suite.invariants)}</details>`}
${suite.recordings.map((recording, n) => recordingSection(recording, failed ? recording.verdict !== 'passed' : n === 0))}
<p class="soft small">digest <code>${suite.digest}</code> · <a href="#top">to the top</a></p>
</section>`;
}

function measurements(rows: readonly Measurement[]): Markup {
  return html`<div class="wide"><table><thead><tr><th>what</th><th>profile</th><th class="number">predicted</th><th class="number">measured</th><th>verdict</th></tr></thead><tbody>${rows.map(
    ({ name, profile, unit, predicted, measured, holds }) =>
      html`<tr class="${holds ? 'yes' : 'no'}"><td>${name}</td><td>${profile}</td><td class="number">${range(predicted)} ${unit}</td><td class="number">${count(measured)} ${unit}</td><td>${holds ? 'holds' : 'does not hold'}</td></tr>`,
  )}</tbody></table></div>`;
}

/** JSON has no infinity: a bound that came through it is null. */
function range({ atLeast, atMost }: { readonly atLeast: number; readonly atMost: number | null }): string {
  if (atLeast === atMost) return count(atLeast);
  if (atMost === null || !Number.isFinite(atMost)) return `≥ ${count(atLeast)}`;
  return `${count(atLeast)} – ${count(atMost)}`;
}

export function invariantTable(rows: readonly InvariantCount[]): Markup {
  return html`<div class="wide"><table><thead><tr><th>invariant</th><th>what must hold</th><th class="number">exercised</th><th class="number">violations</th></tr></thead><tbody>${rows.map(
    ({ id, name, exercised, violations }) =>
      html`<tr class="${violations > 0 ? 'no' : 'yes'}"><td>${id}</td><td>${name}</td><td class="number">${count(exercised)}</td><td class="number">${count(violations)}</td></tr>`,
  )}</tbody></table></div>`;
}
