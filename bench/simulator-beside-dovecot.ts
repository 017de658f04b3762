import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from './child-server.ts';
import { clientsFiles } from './clients-files.ts';
import { type Figure, median, wallSeconds } from './figure.ts';
import type { ForeignPull } from './foreign-client.ts';
import { messagesOf2Kb, missingPrograms, withDovecot } from './warm-dovecot.ts';

const count = 10_000;
const rounds = 5;
const asked = '≤ 1.0× the time';

/** Every client pulls one mailbox from the simulator and from Dovecot, both over TCP, in turns. */
export async function simulatorBesideDovecot(
  protocol: 'pop3' | 'imap',
  clients: readonly ForeignPull[],
): Promise<readonly Figure[]> {
  const whatOf = (name: string): string =>
    `${protocol.toUpperCase()} over TCP, ${count} × 2 KB to ${name}: simulator against Dovecot, warm`;
  const missing = missingPrograms('dovecot', 'openssl', ...clients.map(({ program }) => program));
  if (missing.length > 0) {
    return clients.map(({ name }) => ({
      what: whatOf(name),
      asked,
      measured: `missing here: ${missing.join(', ')}`,
      reached: undefined,
    }));
  }
  const messages = messagesOf2Kb(count);
  return withDovecot(messages, async (dovecot, directory) => {
    const eml = join(directory, 'eml');
    mkdirSync(eml);
    for (const [n, message] of messages.entries())
      writeFileSync(join(eml, `${String(n).padStart(6, '0')}.eml`), message);
    const simulator = await startSimulator('--messages', eml);
    const ports = { dovecot: dovecot[protocol], simulator: simulator.endpoints[protocol]?.port ?? 0 };
    const figures: Figure[] = [];
    for (const client of clients)
      figures.push({ what: whatOf(client.name), asked, ...(await compare(client, ports)) });
    await simulator.stop();
    return figures;
  });
}

async function compare(
  client: ForeignPull,
  ports: { readonly dovecot: number; readonly simulator: number },
): Promise<Pick<Figure, 'measured' | 'reached'>> {
  // The first pull builds Dovecot's index and warms the simulator; it does not count.
  await secondsOf(client, ports.dovecot);
  await secondsOf(client, ports.simulator);
  const times: { dovecot: number; simulator: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push({
      dovecot: await secondsOf(client, ports.dovecot),
      simulator: await secondsOf(client, ports.simulator),
    });
  }
  const ratio = median(times.map(({ dovecot, simulator }) => simulator / dovecot));
  const middle = (of: 'dovecot' | 'simulator'): string => median(times.map((time) => time[of])).toFixed(2);
  return {
    measured: `${ratio.toFixed(2)}× (${middle('simulator')} s against ${middle('dovecot')} s)`,
    reached: ratio <= 1,
  };
}

/** Seconds that a client needs for the whole mailbox; throws unless all of it came. */
async function secondsOf(client: ForeignPull, port: number): Promise<number> {
  const directory = mkdtempSync(join(clientsFiles, 'mcb-'));
  let got = 0;
  const seconds = await wallSeconds(async () => {
    got = await client.pull(port, directory);
  });
  rmSync(directory, { recursive: true });
  if (got !== count) throw new Error(`${client.name} got ${got} of ${count} messages.`);
  return seconds;
}
