import type { RunResult } from '../../scenarios/result.ts';
import { describe } from '../../scenarios/verdict.ts';
import { progressOn } from './progress.ts';
import type { MakeReporter } from './reporter.ts';

/** JUnit XML on standard output: a suite a `testsuite`, its runs in one `testcase`, each failure one of its own. */
export const junitReporter: MakeReporter = (output, errors) => {
  const { clear, ...progress } = progressOn(errors);
  return {
    ...progress,
    onEnd(result) {
      clear();
      output.write(junit(result));
    },
  };
};

export function junit(result: RunResult): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="mailclock">'];
  for (const suite of result.suites) {
    const seconds = (suite.wallMs / 1000).toFixed(3);
    lines.push(
      `  <testsuite name="${xml(suite.name)}" tests="${suite.failed + 1}" failures="${suite.failed}" time="${seconds}">`,
      `    <testcase classname="${xml(suite.name)}" name="${suite.runs - suite.failed} of ${suite.runs} runs hold" time="${seconds}"/>`,
    );
    for (const failure of suite.failures) {
      const text = describe(failure.verdict);
      lines.push(
        `    <testcase classname="${xml(suite.name)}" name="run ${failure.index}">`,
        `      <failure type="${failure.verdict.kind}" message="${xml(text)}">${xml(`${text}\nreplay: ${failure.replay}`)}</failure>`,
        '    </testcase>',
      );
    }
    lines.push('  </testsuite>');
  }
  lines.push('</testsuites>');
  return `${lines.join('\n')}\n`;
}

/** Text as XML text or attribute value; characters XML 1.0 cannot hold are replaced. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
