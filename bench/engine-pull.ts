import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteStore } from '../engine/index.ts';
import { run } from '../test/peers/servers/child.ts';
import { wallSeconds } from './figure.ts';
import { user } from './warm-dovecot.ts';

/** A server on this machine that the engine pulls a whole mailbox from. */
export interface PulledServer {
  readonly protocol: 'pop3' | 'imap';
  readonly port: number;
  /** Messages in the mailbox, all of which have to come in one cycle. */
  readonly count: number;
}

/** Seconds that a pull into a new store in a directory of its own takes; throws unless all messages came whole. */
export async function secondsOfEngine(server: PulledServer, parent: string): Promise<number> {
  const directory = mkdtempSync(join(parent, 'pull-'));
  const seconds = await wallSeconds(() => pull(server, directory));
  const got = await storedWhole(directory);
  rmSync(directory, { recursive: true });
  if (got !== server.count) throw new Error(`The engine has ${got} of ${server.count} messages.`);
  return seconds;
}

/** `mailclock sync --once` as an operator starts it. */
async function pull({ protocol, port, count }: PulledServer, directory: string): Promise<void> {
  const config = join(directory, 'mailclock.yaml');
  writeFileSync(
    config,
    `store: store.sqlite
settings: { incomingMaximumEmailsPerCycle: ${count} }
profiles:
  dovecot:
    serverType: ${protocol}-smtp
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
