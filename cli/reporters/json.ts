import { progressOn } from './progress.ts';
import type { MakeReporter } from './reporter.ts';

/** The whole result as one line of JSON on standard output. */
export const jsonReporter: MakeReporter = (output, errors) => {
  const { clear, ...progress } = progressOn(errors);
  return {
    ...progress,
    onEnd(result) {
      clear();
      output.write(`${JSON.stringify(result)}\n`);
    },
  };
};
