import { enableCompileCache } from 'node:module';
import { Argument, Command } from 'commander';

/** `mailclock replay capsule.json`: runs a failing case again, or a scenario, and says whether it ends as it did. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('run a failing case again from its capsule, or a scenario of your own')
    .addArgument(new Argument('<file>', 'a capsule that mailclock run wrote, or a scenario'))
    .option('--trace', 'print the last lines of the trace', false)
    .action(async (path: string, options: { trace: boolean }) => {
      // Most of a replay is loading what it runs; compiled once, it is there the next time.
      enableCompileCache();
      const { replay } = await import('../../scenarios/campaign/replay.ts');
      const seen = await replay(path);
      const { scenario, compared, now } = seen;
      process.stdout.write(`${scenario.suite}, seed ${scenario.seed}\n`);
      if (compared !== undefined) process.stdout.write(`then: ${compared.before}\n`);
      process.stdout.write(`now:  ${now}\n`);
      if (compared !== undefined) process.stdout.write(`${compared.sentence}\n`);
      if (options.trace) process.stdout.write(`${seen.trace.join('\n')}\n`);
      process.exitCode = seen.exitCode;
    });
}
