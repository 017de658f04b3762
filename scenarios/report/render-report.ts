import type { RunResult } from '../result.ts';
import { count, duration, seconds } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { styles } from './styles.ts';
import { invariantTable, suiteSection } from './suite-section.ts';

/** The result of `mailclock run` as one HTML file that opens offline: no script, nothing loaded, text escaped. */
export function renderReport(result: RunResult): string {
  const { markup } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>mailclock: ${result.verdict}</title><style>${{ markup: styles }}</style></head><body><main id="top">
<h1>mailclock <span class="badge ${result.verdict === 'passed' ? 'passed' : 'failed'}">${result.verdict}</span></h1>
<p>${summary(result)} <span class="soft">The same seed gives the same digest on any machine.</span></p>
${facts(result)}
${overview(result)}
<p class="soft small">Charts share one axis of virtual time, hours and minutes since their world began; the dashed line is where faults end. Point at a cycle, a line or a mark to read it. <a href="#ledger">What was exercised</a></p>
${result.suites.map(suiteSection)}
${ledger(result)}
</main></body></html>
`;
  return markup;
}

function summary({ suites, runs }: RunResult): Markup {
  const broken = suites.filter(({ verdict }) => verdict !== 'passed');
  const failed = suites.reduce((sum, suite) => sum + suite.failed, 0);
  if (broken.length === 0) return html`All ${count(runs)} runs of ${suites.length} suites held.`;
  return html`${count(failed)} of ${count(runs)} runs failed, in ${broken.map(({ name }, n) => html`${n > 0 && ', '}<a href="#${name}">${name}</a>`)}.`;
}

function facts(result: RunResult): Markup {
  const { invocation, virtualMs, wallMs } = result;
  const ratio = wallMs > 0 ? `${count(Math.round(virtualMs / wallMs))} : 1` : '–';
  const rows: [string, string][] = [
    ['seed', String(result.seed)],
    ['runs', count(result.runs)],
    ['virtual time', duration(virtualMs)],
    ['real time', seconds(wallMs)],
    ['virtual : real', ratio],
    ['workers', count(invocation.workers)],
    ['part', `${invocation.shard.index} of ${invocation.shard.of}`],
    ['exit code', String(result.exitCode)],
    ['mailclock', result.mailclock],
    ['node', result.node],
    ['digest', result.digest.slice(0, 16)],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function overview({ suites }: RunResult): Markup {
  return html`<div class="wide"><table class="suites"><thead><tr><th>suite</th><th>profiles</th><th class="number">runs</th><th class="number">failed</th><th class="number">virtual time</th><th class="number">real time</th><th class="number">events</th><th>verdict</th></tr></thead><tbody>${suites.map(
    (suite) =>
      html`<tr class="${suite.verdict === 'passed' ? 'yes' : 'no'}"><td><a href="#${suite.name}">${suite.name}</a></td><td>${suite.profiles.join(', ')}</td><td class="number">${count(suite.runs)}</td><td class="number">${count(suite.failed)}</td><td class="number">${duration(suite.virtualMs)}</td><td class="number">${seconds(suite.wallMs)}</td><td class="number">${count(suite.events)}</td><td>${suite.verdict}</td></tr>`,
  )}</tbody></table></div>`;
}

function ledger({
  ledger: { operations, faults, throttles, invariants, neverExercised },
}: RunResult): Markup {
  const counts = (title: string, rows: Readonly<Record<string, number>>): Markup =>
    html`<h3>${title}</h3><p class="counts">${
      Object.keys(rows).length === 0
        ? 'none'
        : Object.entries(rows).map(([name, times]) => html`<span>${name} <b>${count(times)}</b></span>`)
    }</p>`;
  return html`<section id="ledger"><h2>What was exercised</h2>
${counts('Operations', operations)}${counts('Faults that fired', faults)}${counts('Throttles met', throttles)}
${neverExercised.length > 0 && html`<h3>Declared and never exercised</h3><p class="never">${neverExercised.map(({ suite, invariant }) => `${invariant} in ${suite}`).join(', ')}</p>`}
<h3>Invariants</h3>
${invariantTable(invariants)}
</section>`;
}
