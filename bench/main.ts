import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';

/**
 * `npm run bench [-- name…] [--json]`: every figure beside what it is compared with, each benchmark in a process of its
 * own so that none warms or soils another.
 */
const names = [
  'quiet-pop3-cycle',
  'quiet-graph-cycle',
  'quiet-imap-cycle',
  'random-scenarios',
  'replay',
  'day-of-1000-mailboxes',
  'day-of-1000-exchange-mailboxes',
  'day-of-mixed-mailboxes',
  'graph-quiet-delta',
  'first-graph-sync',
  'cycle-cost-by-size',
  'imap-cost-by-folder',
  'imap-connections',
  'pop3-over-tcp',
  'imap-over-tcp',
  'smtp-over-tcp',
  'smtp-connections',
  'pull-from-dovecot',
  'imap-pull-from-dovecot',
] as const;

const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = wanted.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: there is no benchmark ${unknown.join(', ')}; there are ${names.join(', ')}.\n`,
  );
  process.exit(2);
}

const figures: Figure[] = [];
for (const name of names.filter((one) => wanted.length === 0 || wanted.includes(one))) {
  if (!json) process.stderr.write(`measuring ${name} …\n`);
  figures.push(...(await measure(name)));
}
process.stdout.write(json ? `${JSON.stringify(figures)}\n` : table(figures));
process.exitCode = figures.every(({ reached }) => reached !== false) ? 0 : 1;

function measure(name: string): Promise<readonly Figure[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--expose-gc', fileURLToPath(new URL('./measure.ts', import.meta.url)), name],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('close', (code) => {
      const line = output.trim().split('\n').at(-1) ?? '';
      // The child prints the figures as its last line, as JSON.
      if (code === 0) resolve(JSON.parse(line) as readonly Figure[]);
      else reject(new Error(`The benchmark ${name} ended with exit code ${code}.`));
    });
  });
}

function table(rows: readonly Figure[]): string {
  const head = ['what', 'asked', 'measured', ''];
  const cells = rows.map(({ what, asked, measured, reached }) => [
    what,
    asked,
    measured,
    reached === undefined ? 'not measured' : reached ? 'reached' : 'not reached',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[head, widths.map((width) => '-'.repeat(width)), ...cells].map(line).join('\n')}\n`;
}
