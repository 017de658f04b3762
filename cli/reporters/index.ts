import { defaultReporter } from './default.ts';
import { githubReporter } from './github.ts';
import { jsonReporter } from './json.ts';
import { junitReporter } from './junit.ts';
import type { MakeReporter } from './reporter.ts';

/** What `--reporter` takes. */
export const reporters: Readonly<Record<'default' | 'json' | 'junit' | 'github', MakeReporter>> = {
  default: defaultReporter,
  json: jsonReporter,
  junit: junitReporter,
  github: githubReporter,
};
