import type { RunResult } from '../../scenarios/result.ts';
import { describe } from '../../scenarios/verdict.ts';
import { duration, ratio, table, whole } from './figures.ts';
import { progressOn } from './progress.ts';
import type { MakeReporter } from './reporter.ts';

/** A table of suites, what was exercised, the failures with a line to replay each, and where the report is. */
export const defaultReporter: MakeReporter = (output, errors) => {
  const { clear, ...progress } = progressOn(errors);
  return {
    ...progress,
    onEnd(result, written) {
      clear();
      output.write(`${suitesTable(result)}\n\n${exercised(result)}\n`);
      for (const failure of result.suites.flatMap((suite) => suite.failures)) {
        output.write(
          `\n${failure.suite} run ${failure.index} failed: ${describe(failure.verdict)}\n  replay: ${failure.replay}\n`,
        );
      }
      for (const { suite, invariant } of result.ledger.neverExercised) {
        output.write(
          `\nnever exercised: ${invariant} in ${suite}, which declares it; more runs may reach it\n`,
        );
      }
      output.write(
        `\nseed ${result.seed}, digest ${result.digest.slice(0, 16)}, report: ${written.report}\n`,
      );
    },
  };
};

function suitesTable(result: RunResult): string {
  const rows = [['suite', 'runs', 'virtual', 'wall', 'ratio', 'verdict']];
  for (const suite of result.suites) {
    rows.push([
      suite.name,
      whole(suite.runs),
      duration(suite.virtualMs),
      duration(suite.wallMs),
      ratio(suite.virtualMs, suite.wallMs),
      suite.failed > 0 ? `${suite.failed} ${suite.verdict}` : suite.verdict,
    ]);
  }
  rows.push([
    'all',
    whole(result.runs),
    duration(result.virtualMs),
    duration(result.wallMs),
    ratio(result.virtualMs, result.wallMs),
    result.verdict,
  ]);
  return table(rows);
}

function exercised({ ledger }: RunResult): string {
  const counts = (named: Readonly<Record<string, number>>) =>
    Object.entries(named)
      .map(([name, count]) => `${name} ${whole(count)}`)
      .join(', ') || 'none';
  const invariants = ledger.invariants
    .filter((one) => one.exercised > 0)
    .map((one) => `${one.id} ${whole(one.exercised)}`)
    .join(', ');
  return [
    `exercised   ${invariants || 'none'}`,
    `operations  ${counts(ledger.operations)}`,
    `faults      ${counts(ledger.faults)}`,
    `throttles   ${counts(ledger.throttles)}`,
    ...ledger.notApplicable.map(({ id, name, reason }) => `not applicable  ${id} ${name}: ${reason}`),
  ].join('\n');
}
