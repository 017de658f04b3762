import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../engine/index.ts';
import { run } from '../test/peers/servers/child.ts';
import { type Benchmark, median, wallSeconds } from './figure.ts';
import { type ForeignPull, foreignPulls } from './foreign-pulls.ts';
import { messagesOf2Kb, missingPrograms, user, withDovecot } from './warm-dovecot.ts';

const count = 10_000;
const rounds = 3;
const what = `pull of ${count} × 2 KB from Dovecot: engine into SQLite against clients into Maildir`;
const asked = 'faster than the fastest';

/** `mailclock sync --once` as an operator starts it, into a store that does not exist yet. */
async function pullWithEngine(port: number, directory: string): Promise<void> {
  const config = join(directory, 'mailclock.yaml');
  writeFileSync(
    config,
    `store: store.sqlite
settings: { incomingMaximumEmailsPerCycle: ${count} }
profiles:
  dovecot:
    incoming: { host: 127.0.0.1, port: ${port}, security: none }
    outgoing: { host: 127.0.0.1, port: 9, security: none }
mailboxes:
  user1: { emailAddress: ${user.login}, profile: dovecot, secret: env:SECRET, outgoing: false }
`,
  );
  const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
  const { code, stdout, stderr } = await run(process.execPath, [main, 'sync', '--once', '--config', config], {
    env: { ...process.env, SECRET: user.password },
    timeoutMs: 240_000,
  });
  if (code !== 0) throw new Error(`mailclock sync ended with ${code}: ${stderr}${stdout}`);
}

interface Pulls {
  readonly client: ForeignPull;
  readonly seconds: number[];
  /** Says so when it ended before it had all. */
  incomplete: string;
}

function fastest(pulls: readonly Pulls[]): Pulls | undefined {
  const complete = pulls.filter(({ incomplete }) => incomplete === '');
  return complete.toSorted((a, b) => median(a.seconds) - median(b.seconds))[0];
}

/** Messages in the store with their source and the fields read from it. */
async function storedWhole(directory: string): Promise<number> {
  const store = openSqliteStore({ path: join(directory, 'store.sqlite') });
  try {
    let whole = 0;
    for (const { id, subject, messageId, sizeBytes } of await store.receivedEmails('user1')) {
      const raw = await store.emailRaw(id);
      if (raw?.length === sizeBytes && subject !== undefined && messageId !== undefined) whole += 1;
    }
    return whole;
  } finally {
    await store.close();
  }
}

/** Seconds of one pull into a fresh place, and what was there afterwards. */
async function timed(
  parent: string,
  pull: (directory: string) => Promise<number>,
): Promise<{ readonly seconds: number; readonly got: number }> {
  const directory = mkdtempSync(join(parent, 'pull-'));
  let got = 0;
  const seconds = await wallSeconds(async () => {
    got = await pull(directory);
  });
  rmSync(directory, { recursive: true });
  return { seconds, got };
}

async function secondsOfEngine(port: number, parent: string): Promise<number> {
  const directory = mkdtempSync(join(parent, 'pull-'));
  const seconds = await wallSeconds(() => pullWithEngine(port, directory));
  const got = await storedWhole(directory);
  rmSync(directory, { recursive: true });
  if (got !== count) throw new Error(`The engine has ${got} of ${count} messages.`);
  return seconds;
}

/**
 * Each at its own default durability, on the disk that holds temporary files: mpop syncs every message, the engine
 * every commit. Where that place is in memory nothing is synced, and only the work on the messages is compared.
 */
export const benchmark: Benchmark = {
  name: 'pull-from-dovecot',
  async measure() {
    const all: readonly ForeignPull[] = [foreignPulls.mpop, foreignPulls.getmail6, foreignPulls.fetchmail];
    const missing = missingPrograms('dovecot', 'openssl', ...all.map(({ program }) => program));
    if (missing.length > 0)
      return [{ what, asked, measured: `missing here: ${missing.join(', ')}`, reached: undefined }];
    return withDovecot(messagesOf2Kb(count), async (port, directory) => {
      // The first pull builds Dovecot's index and does not count.
      await pullWithEngine(port, mkdtempSync(join(directory, 'pull-')));
      const ours: number[] = [];
      const theirs = all.map((client): Pulls => ({ client, seconds: [], incomplete: '' }));
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await secondsOfEngine(port, directory));
        for (const one of theirs) {
          // Those that start a process for each message take minutes: only the fastest is run again.
          if (round > 0 && one !== fastest(theirs)) continue;
          const { seconds, got } = await timed(directory, (at) => one.client.pull(port, at));
          one.seconds.push(seconds);
          if (got < count) one.incomplete = ` for ${got} of them, then ended`;
        }
      }
      const time = median(ours);
      const others = theirs.map(
        ({ client, seconds, incomplete }) => `${client.name} ${median(seconds).toFixed(1)} s${incomplete}`,
      );
      return [
        {
          what,
          asked,
          measured: `${time.toFixed(1)} s; ${others.join(', ')}`,
          // One that was ended before it had all would have needed longer still.
          reached: theirs.every(({ seconds }) => time < median(seconds)),
        },
      ];
    });
  },
};
