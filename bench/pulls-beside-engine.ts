import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type PulledServer, secondsOfEngine } from './engine-pull.ts';
import { median, wallSeconds } from './figure.ts';
import type { ForeignPull } from './foreign-client.ts';

const rounds = 3;

/** What one client needed for the same mailbox, each time into a place that was empty. */
export interface Pulls {
  readonly client: ForeignPull;
  readonly seconds: number[];
  /** Says so when it ended before it had all. */
  incomplete: string;
}

export interface PullsBesideEngine {
  /** Seconds of the engine, in the middle of its rounds. */
  readonly engineSeconds: number;
  /** In the order of the clients. */
  readonly theirs: readonly Pulls[];
}

/** Pulls with the engine and with others, in turns, and says what each needed. */
export async function pullsBesideEngine(
  server: PulledServer,
  clients: readonly ForeignPull[],
  directory: string,
): Promise<PullsBesideEngine> {
  // The first pull builds the server's index and does not count.
  await secondsOfEngine(server, directory);
  const ours: number[] = [];
  const theirs = clients.map((client): Pulls => ({ client, seconds: [], incomplete: '' }));
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await secondsOfEngine(server, directory));
    for (const one of theirs) {
      // Those that start a process, or sync a file, for each message take minutes: they run once.
      if (round > 0 && (one.incomplete !== '' || median(one.seconds) > slowFrom * median(ours))) continue;
      const { seconds, got } = await timed(directory, (at) => one.client.pull(server.port, at));
      one.seconds.push(seconds);
      if (got < server.count) one.incomplete = ` for ${got} of them, then ended`;
    }
  }
  return { engineSeconds: median(ours), theirs };
}

/** Who needs so many times as long as the engine is not measured again. */
const slowFrom = 5;

/** The times of the others as text. */
export function shownPulls(theirs: readonly Pulls[]): string {
  return theirs
    .map(({ client, seconds, incomplete }) => `${client.name} ${median(seconds).toFixed(1)} s${incomplete}`)
    .join(', ');
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
