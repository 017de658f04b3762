import type { Failure } from '../result.ts';
import { describe, type Verdict } from '../verdict.ts';
import { duration } from './figures.ts';
import { html, type Markup } from './markup.ts';

const atMostLines = 20;

/** What went wrong in one run, and what to type to see it again. */
export function failureBox({ suite, index, verdict, replay, capsule, scenario }: Failure): Markup {
  const lines = linesOf(verdict);
  const more = lines.length - atMostLines;
  return html`<div class="replay"><p><b>${suite}, run ${index}: ${verdict.kind}</b></p>
<ul>${lines.slice(0, atMostLines).map((line) => html`<li>${line}</li>`)}${more > 0 && html`<li>and ${more} more</li>`}</ul>
<p><code>${replay}</code></p>
${capsule !== undefined && html`<p class="soft">Capsule: <code>${capsule}</code></p>`}
${scenario !== undefined && html`<p class="soft">Shrunk to ${scenario.mailboxes.length} mailboxes, ${scenario.operations.length} operations and ${scenario.rules.length} faults.</p>`}</div>`;
}

function linesOf(verdict: Verdict): readonly string[] {
  if (verdict.kind !== 'invariant') return [describe(verdict)];
  return verdict.violations.map(({ invariant, text, atMs }) => {
    return `${invariant}${atMs === undefined ? '' : ` at ${duration(atMs)}`}: ${text}`;
  });
}
