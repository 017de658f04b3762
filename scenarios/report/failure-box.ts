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
${capsule !== undefined && !replay.includes(capsule) && html`<p class="soft">Capsule: <code>${capsule}</code></p>`}
${scenario !== undefined && html`<p class="soft">Shrunk to ${many(scenario.mailboxes.length, 'mailbox', 'mailboxes')}, ${many(scenario.operations.length, 'operation', 'operations')} and ${many(scenario.rules.length, 'fault', 'faults')}.</p>`}</div>`;
}

function many(n: number, one: string, more: string): string {
  return `${n} ${n === 1 ? one : more}`;
}

function linesOf(verdict: Verdict): readonly string[] {
  if (verdict.kind !== 'invariant') return [describe(verdict)];
  return verdict.violations.map(({ invariant, text, atMs }) => {
    return `${invariant}${atMs === undefined ? '' : ` at ${duration(atMs)}`}: ${text}`;
  });
}
