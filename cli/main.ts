#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { serveCommand } from './commands/serve.ts';
import { syncCommand } from './commands/sync.ts';
import { exitCodeFor } from './exit.ts';

/** The `mailclock` command: each subcommand is one file in `commands/`. */
const program = new Command('mailclock')
  .description('A mail synchronization engine, and the simulated providers and virtual clock that prove it.')
  .showHelpAfterError(false)
  .exitOverride();
for (const command of [runCommand, replayCommand, serveCommand, syncCommand]) {
  program.addCommand(command().exitOverride());
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) process.stderr.write(`mailclock: ${sentence(error)}\n`);
  process.exitCode = exitCodeFor(error);
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
