import { availableParallelism } from 'node:os';
import { Argument, Command, Option } from 'commander';
import { shard, wholeNumber } from '../parse-options.ts';
import { reporters } from '../reporters/index.ts';

interface Options {
  readonly seed: number;
  readonly runs?: number;
  readonly shard: { index: number; of: number };
  readonly workers: number;
  readonly reporter: keyof typeof reporters;
  readonly out: string;
}

/** `mailclock run [suite…]`: runs scenario suites in virtual time and says what held and what did not. */
export function runCommand(): Command {
  return new Command('run')
    .description('run scenario suites in virtual time')
    .addArgument(new Argument('[suite...]', 'names of suites (default: all)'))
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same runs')
        .argParser(wholeNumber(0, 0xffff_ffff))
        .default(1),
    )
    .addOption(
      new Option('--runs <n>', 'runs per suite (default: as many as each suite wants)').argParser(
        wholeNumber(1, 100_000),
      ),
    )
    .addOption(
      new Option('--shard <i/n>', 'only every nth run, from the ith on')
        .argParser(shard)
        .default({ index: 1, of: 1 }, '1/1'),
    )
    .addOption(
      new Option('--workers <n>', 'worker processes')
        .argParser(wholeNumber(1, 64))
        .default(availableParallelism(), 'one per core'),
    )
    .addOption(
      new Option('--reporter <kind>', 'what to print').choices(Object.keys(reporters)).default('default'),
    )
    .addOption(new Option('--out <dir>', 'where the report and capsules of failures go').default('out'))
    .addHelpText('after', exitCodesHelp)
    .action(run);
}

async function run(suites: string[], options: Options): Promise<void> {
  const { runCampaign } = await import('../../scenarios/campaign/campaign.ts');
  const { prepareFolder } = await import('../../scenarios/campaign/prepare-folder.ts');
  const { writeResult } = await import('../../scenarios/campaign/write-result.ts');
  const reporter = reporters[options.reporter](process.stdout, process.stderr);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const invocation = {
    suites,
    seed: options.seed,
    runs: options.runs,
    shard: options.shard,
    workers: options.workers,
    out: options.out,
  };
  prepareFolder(options.out);
  const result = await runCampaign(invocation, reporter, interrupted.signal);
  if (interrupted.signal.aborted) {
    process.stderr.write('mailclock: interrupted; what had finished is not reported\n');
    process.exitCode = 130;
    return;
  }
  const written = await writeResult(result, options.out);
  reporter.onEnd(result, written);
  process.exitCode = result.exitCode;
}

const exitCodesHelp = `
Exit codes: 0 all held, 1 an invariant failed, 2 usage or bad input, 3 a fault never fired, 4 did not settle,
            5 not deterministic, 6 the harness failed, 130 interrupted`;
