import type { InvariantCount, Measurement, SuiteResult } from '../result.ts';
import { failureBox } from './failure-box.ts';
import { count, duration } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { recordingSection } from './recording-section.ts';

/** Longer lists are folded away from here on. */
const shownAtOnce = 12;

/** Everything about one suite: its law, what it predicted and measured, what was exercised, and how runs looked. */
export function suiteSection(suite: SuiteResult): Markup {
  const failed = suite.verdict !== 'passed' && suite.recordings.some(({ verdict }) => verdict !== 'passed');
  const [first, rest] = [suite.failures.slice(0, shownAtOnce), suite.failures.slice(shownAtOnce)];
  return html`<section id="${suite.name}">
<h2>${suite.name} <span class="badge ${suite.verdict === 'passed' ? 'passed' : 'failed'}">${suite.verdict}</span></h2>
<p>${suite.title}</p>
<p class="law soft">${suite.law}</p>
${first.map(failureBox)}
${rest.length > 0 && html`<details><summary>${rest.length} more failed</summary>${rest.map(failureBox)}</details>`}
${suite.measurements.length > 0 && measurements(suite.measurements)}
${suite.invariants.length > 0 && html`<details><summary>Invariants: how often each was really exercised</summary>${invariantTable(suite.invariants)}</details>`}
${suite.recordings.map((recording, n) => recordingSection(recording, failed ? recording.verdict !== 'passed' : n === 0))}
<p class="soft small">digest <code>${suite.digest}</code> · <a href="#top">to the top</a></p>
</section>`;
}

/** What does not hold comes first, and is never folded away. */
function measurements(rows: readonly Measurement[]): Markup {
  const sorted = [...rows].sort((a, b) => Number(a.holds) - Number(b.holds));
  const first = Math.max(shownAtOnce, sorted.filter(({ holds }) => !holds).length);
  const rest = sorted.slice(first);
  return html`${measurementTable(sorted.slice(0, first))}${rest.length > 0 && html`<details><summary>${rest.length} more that hold</summary>${measurementTable(rest)}</details>`}`;
}

function measurementTable(rows: readonly Measurement[]): Markup {
  return html`<div class="wide"><table><thead><tr><th>what</th><th>profile</th><th class="number">predicted</th><th class="number">measured</th><th>verdict</th></tr></thead><tbody>${rows.map(
    ({ name, profile, unit, predicted, measured, holds }) => {
      // A minute or more is read as a time, not as thousands of milliseconds.
      const asTime = unit === 'ms' && measured >= 60_000;
      const say = (value: number): string => (asTime ? duration(value) : count(value));
      const of = asTime ? '' : ` ${unit}`;
      return html`<tr class="${holds ? 'yes' : 'no'}"><td>${name}</td><td>${profile}</td><td class="number">${range(predicted, say)}${of}</td><td class="number">${say(measured)}${of}</td><td>${holds ? 'holds' : 'does not hold'}</td></tr>`;
    },
  )}</tbody></table></div>`;
}

/** JSON has no infinity: a bound that came through it is null. */
function range(
  { atLeast, atMost }: { readonly atLeast: number; readonly atMost: number | null },
  say: (value: number) => string,
): string {
  if (atLeast === atMost) return say(atLeast);
  if (atMost === null || !Number.isFinite(atMost)) return `≥ ${say(atLeast)}`;
  return `${say(atLeast)} – ${say(atMost)}`;
}

export function invariantTable(rows: readonly InvariantCount[]): Markup {
  return html`<div class="wide"><table><thead><tr><th>invariant</th><th>what must hold</th><th class="number">exercised</th><th class="number">violations</th></tr></thead><tbody>${rows.map(
    ({ id, name, exercised, violations }) =>
      html`<tr class="${violations > 0 ? 'no' : 'yes'}"><td>${id}</td><td>${name}</td><td class="number">${count(exercised)}</td><td class="number">${count(violations)}</td></tr>`,
  )}</tbody></table></div>`;
}
