import { enableCompileCache } from 'node:module';
import { Argument, Command } from 'commander';

/** `mailclock replay capsule.json`: runs a failing case again and says whether it ends as it did. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('run a failing case again from its capsule')
    .addArgument(new Argument('<capsule>', 'a file that mailclock run wrote'))
    .option('--trace', 'print the last lines of the trace', false)
    .action(async (path: string, options: { trace: boolean }) => {
      // Most of a replay is loading what it runs; compiled once, it is there the next time.
      enableCompileCache();
      const { replay } = await import('../../scenarios/campaign/replay.ts');
      const seen = await replay(path);
      process.stdout.write(`${seen.capsule.suite}, seed ${seen.capsule.scenario.seed}\n`);
      process.stdout.write(`then: ${seen.before}\nnow:  ${seen.now}\n`);
      process.stdout.write(`${seen.sentence}\n`);
      if (options.trace) process.stdout.write(`${seen.trace.join('\n')}\n`);
      process.exitCode = seen.exitCode;
    });
}
