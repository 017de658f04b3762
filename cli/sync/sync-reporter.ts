import type { EngineEvent } from '../../engine/ports/observer.ts';
import { duration, table, whole } from '../reporters/figures.ts';
import type { Summary } from './summary.ts';

/** Where a reporter writes; a terminal or not. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

export interface SyncReporter {
  onEvent(event: EngineEvent): void;
  onEnd(summary: Summary): void;
}

/** One line of JSON for each cycle that ended, each message sent and each alert, and one for the summary. */
export function jsonReporter(output: Output): SyncReporter {
  const line = (value: object) => output.write(`${JSON.stringify(value)}\n`);
  return {
    onEvent: (event) => {
      if (event.kind === 'cycle-end' || event.kind === 'send' || event.kind === 'alert') line(event);
    },
    onEnd: line,
  };
}

/** Progress on standard error (one line that rewrites itself on a terminal), the summary on standard output. */
export function textReporter(output: Output, errors: Output): SyncReporter {
  const live = errors.isTTY === true;
  const running = new Map<string, number>();
  let cycles = 0;
  let items = 0;
  const show = () => {
    const now = [...running].map(([name, count]) => `${name} ${whole(count)}`).slice(0, 3);
    errors.write(`\r\u001b[2K${whole(cycles)} cycles, ${whole(items)} messages · ${now.join(' · ')}`);
  };
  const clear = () => {
    if (live) errors.write('\r\u001b[2K');
  };
  return {
    onEvent: (event) => {
      if (event.kind === 'cycle-start') running.set(`${event.mailboxId} ${event.workload}`, 0);
      if (event.kind === 'commit' && event.mailboxId !== undefined) {
        const name = `${event.mailboxId} incoming`;
        if (running.has(name)) running.set(name, (running.get(name) ?? 0) + event.writes);
      }
      if (event.kind === 'alert') {
        clear();
        errors.write(`alert: ${event.code}${event.mailboxId === undefined ? '' : ` (${event.mailboxId})`}\n`);
      }
      if (event.kind === 'cycle-end') {
        running.delete(`${event.mailboxId} ${event.workload}`);
        cycles += 1;
        items += event.items;
        if (!live && (event.items > 0 || event.outcome !== 'success')) errors.write(`${cycleLine(event)}\n`);
      }
      if (live) show();
    },
    onEnd: (summary) => {
      clear();
      output.write(`${text(summary)}\n`);
    },
  };
}

function cycleLine(event: Extract<EngineEvent, { kind: 'cycle-end' }>): string {
  const { mailboxId, workload, outcome, items, failed, code, atMs, startedAtMs } = event;
  const trouble = `${failed > 0 ? `, ${whole(failed)} failed` : ''}${code === undefined ? '' : ` (${code})`}`;
  return `${mailboxId} ${workload}: ${outcome}, ${whole(items)} messages${trouble}, ${duration(atMs - startedAtMs)}`;
}

function text(summary: Summary): string {
  const rows = [['mailbox', 'workload', 'outcome', 'messages', 'failed', 'next run']];
  for (const { mailbox, workload, outcome, items, failed, nextRun } of summary.mailboxes)
    rows.push([mailbox, workload, outcome, whole(items), whole(failed), nextRun]);
  const lines = [table(rows)];
  for (const { mailbox, workload, error } of summary.mailboxes)
    if (error !== undefined) lines.push(`${mailbox} ${workload}: ${error}`);
  for (const { code, mailbox, text: sentence } of summary.alerts)
    lines.push(`alert ${code}${mailbox === undefined ? '' : ` (${mailbox})`}: ${sentence}`);
  lines.push(
    `${whole(summary.received)} received, ${whole(summary.sent)} sent in ${whole(summary.cycles)} cycles; store: ${summary.store}`,
  );
  return lines.join('\n');
}
