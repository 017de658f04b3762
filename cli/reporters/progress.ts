import type { CampaignEvents } from '../../scenarios/campaign/campaign.ts';
import type { Output } from './reporter.ts';

/**
 * Progress on `output`: one line that rewrites itself on a terminal, otherwise a plain line whenever a suite is done.
 */
export function progressOn(output: Output): CampaignEvents & { clear(): void } {
  const live = output.isTTY === true && !process.env.CI;
  const left = new Map<string, number>();
  let total = 0;
  let failed = 0;
  return {
    onPlanned(tasks) {
      total = tasks.length;
      for (const task of tasks) left.set(task.suite, (left.get(task.suite) ?? 0) + 1);
      if (!live) output.write(`${total} runs in ${left.size} suites\n`);
    },
    onFinished({ task, outcome }, done) {
      if (outcome.verdict.kind !== 'passed') failed += 1;
      const remaining = (left.get(task.suite) ?? 1) - 1;
      left.set(task.suite, remaining);
      const failures = failed > 0 ? `, ${failed} failed` : '';
      if (live) output.write(`\r\u001b[2K${done}/${total} runs${failures} · ${task.suite}`);
      else if (remaining === 0) output.write(`${task.suite} done (${done}/${total} runs${failures})\n`);
    },
    clear() {
      if (live) output.write('\r\u001b[2K');
    },
  };
}
