import { Command } from 'commander';
import type { EngineEvent } from '../../engine/ports/observer.ts';
import type { MailboxSummary, Tally } from '../sync/summary.ts';

interface Options {
  readonly config: string;
  readonly once: boolean;
  readonly json: boolean;
  readonly enable: readonly string[];
}

/** `mailclock sync`: the engine against real servers, until it is told to stop or, with `--once`, until all is done. */
export function syncCommand(): Command {
  return new Command('sync')
    .description('keep real mailboxes in step, as a configuration file says')
    .option('--config <file>', 'who is synchronized, and with which servers', 'mailclock.yaml')
    .option('--once', 'run each workload that is due once, then stop', false)
    .option('--json', 'print a line of JSON for each cycle, and one for the summary', false)
    .option('--enable <mailbox...>', 'switch on again what a permanent error has disabled', [])
    .addHelpText('after', help)
    .action(sync);
}

async function sync(options: Options): Promise<void> {
  const { loadConfig } = await import('../../engine/config/load-config.ts');
  const { jsonReporter, textReporter } = await import('../sync/sync-reporter.ts');
  const { openEngine } = await import('../sync/open-engine.ts');
  const { systemClock } = await import('../../engine/ports/system-clock.ts');
  const { summarize } = await import('../sync/summary.ts');
  const config = loadConfig(options.config);
  const reporter = options.json ? jsonReporter(process.stdout) : textReporter(process.stdout, process.stderr);
  const tally: Tally = { cycles: 0, workloads: new Map() };
  const observe = (event: EngineEvent): void => {
    count(tally, event);
    reporter.onEvent(event);
  };
  const { engine, store, release } = await openEngine(config, options.enable, observe);
  const stopping = new AbortController();
  const forgetSignals = onSignals(stopping);
  const startedAt = systemClock.now();
  try {
    const ended = options.once ? engine.runOnce() : engine.start();
    const stopped = aborted(stopping.signal).then(() => engine.stop());
    await (options.once ? ended : Promise.all([ended, stopped]));
    if (stopping.signal.aborted) await stopped;
    const mailboxes = new Set(config.mailboxes.map(({ id }) => id));
    const dueBy = options.once && !stopping.signal.aborted ? startedAt : undefined;
    const summary = await summarize(store, config.store, tally, mailboxes, dueBy);
    reporter.onEnd(summary);
    process.exitCode = options.once && summary.mailboxes.some(isTrouble) ? 1 : 0;
  } finally {
    await store.close();
    release();
    forgetSignals();
  }
}

function isTrouble({ outcome, nextRun, error }: MailboxSummary): boolean {
  return outcome === 'failure' || nextRun === 'disabled' || (outcome === 'not run' && error !== undefined);
}

function count(tally: Tally, event: EngineEvent): void {
  if (event.kind !== 'cycle-end') return;
  tally.cycles += 1;
  const name = `${event.mailboxId} ${event.workload}`;
  const before = tally.workloads.get(name) ?? { items: 0, failed: 0 };
  tally.workloads.set(name, {
    outcome: event.outcome,
    items: before.items + event.items,
    failed: before.failed + event.failed,
  });
}

/** The first signal asks for an orderly end, the second makes one. */
function onSignals(stopping: AbortController): () => void {
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const handler = (): void => {
      if (stopping.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
      process.stderr.write(
        'mailclock: stopping; what is under way is brought to an end (again to stop at once)\n',
      );
      stopping.abort();
    };
    process.on(signal, handler);
    return () => process.removeListener(signal, handler);
  });
  return () => {
    for (const remove of handlers) remove();
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const help = `
The file, in YAML (times as 2026-01-31T00:00:00Z; secrets as env:NAME or file:/path, never themselves):
  store: mailclock.sqlite
  profiles:
    example:
      incoming: { host: pop.example.com }                         # POP3; security: tls, starttls or none
      outgoing: { host: smtp.example.com, security: starttls }    # SMTP
  mailboxes:
    anna: { emailAddress: anna@example.com, profile: example, secret: env:ANNA_PASSWORD }

Exit codes: 0 done, 1 with --once when a workload failed, did not get to run or is disabled, 2 usage or bad input.`;
