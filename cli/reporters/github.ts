import { describe } from '../../scenarios/verdict.ts';
import { defaultReporter } from './default.ts';
import type { MakeReporter } from './reporter.ts';

/** The default report, and each failure as an annotation of GitHub Actions. */
export const githubReporter: MakeReporter = (output, errors) => {
  const plain = defaultReporter(output, errors);
  return {
    ...plain,
    onEnd(result, written) {
      plain.onEnd(result, written);
      for (const failure of result.suites.flatMap((suite) => suite.failures)) {
        const title = property(`${failure.suite} run ${failure.index}`);
        output.write(
          `::error title=${title}::${message(`${describe(failure.verdict)}\nreplay: ${failure.replay}`)}\n`,
        );
      }
    },
  };
};

/** Escaping of workflow commands: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function message(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
