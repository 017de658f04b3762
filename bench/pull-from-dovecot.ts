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

/** Seconds of one pull into a fresh place; throws unless everything is there afterwards. */
async function seconds(
  parent: string,
  name: string,
  pull: (directory: string) => Promise<number | undefined>,
) {
  const directory = mkdtempSync(join(parent, 'pull-'));
  let got: number | undefined;
  const time = await wallSeconds(async () => {
    got = await pull(directory);
  });
  got ??= await storedWhole(directory);
  rmSync(directory, { recursive: true });
  if (got !== count) throw new Error(`${name} got ${got} of ${count} messages.`);
  return time;
}

export const benchmark: Benchmark = {
  name: 'pull-from-dovecot',
  async measure() {
    const all: readonly ForeignPull[] = [foreignPulls.mpop, foreignPulls.getmail6, foreignPulls.fetchmail];
    const missing = missingPrograms('dovecot', 'openssl', ...all.map(({ program }) => program));
    if (missing.length > 0)
      return [{ what, asked, measured: `missing here: ${missing.join(', ')}`, reached: undefined }];
    return withDovecot(messagesOf2Kb(count), async (port, directory) => {
      const engine = () =>
        seconds(directory, 'the engine', async (at) => {
          await pullWithEngine(port, at);
          return undefined;
        });
      // The first pull builds Dovecot's index and does not count.
      await engine();
      const times = new Map<string, number[]>([
        ['engine', []],
        ...all.map(({ name }): [string, number[]] => [name, []]),
      ]);
      // One that starts a program for each message takes a minute; it is measured once.
      const slow = new Set<string>();
      for (let round = 0; round < rounds; round += 1) {
        times.get('engine')?.push(await engine());
        for (const client of all) {
          if (slow.has(client.name)) continue;
          const time = await seconds(directory, client.name, (at) => client.pull(port, at));
          times.get(client.name)?.push(time);
        }
        const fastest = Math.min(...[...times.values()].map(median));
        for (const [name, values] of times) if (median(values) > 3 * fastest) slow.add(name);
      }
      const medians = [...times].map(([name, values]) => ({ name, time: median(values) }));
      const [ours, ...theirs] = medians;
      const ourTime = ours?.time ?? Number.NaN;
      return [
        {
          what,
          asked,
          measured: medians.map(({ name, time }) => `${name} ${time.toFixed(2)} s`).join(', '),
          reached: theirs.every(({ time }) => ourTime < time),
        },
      ];
    });
  },
};
