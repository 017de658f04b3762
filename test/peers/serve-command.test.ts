import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqliteStore } from '../../engine/index.ts';
import { pop3Clients } from './clients/pop3-clients.ts';
import { smtpClients } from './clients/smtp-clients.ts';
import { foreignMail } from './corpus/sources.ts';
import { deliveredForm, wireForm } from './corpus/wire-form.ts';
import { run } from './servers/child.ts';
import { digests } from './sync/workplace.ts';

// Policy: `mailclock serve` is a provider for any client in any language: one line of JSON says where it listens, whom
// to trust and who lives there; foreign clients and `mailclock sync` use it as they would a real one; SIGTERM ends it.

interface Ready {
  readonly endpoints: Readonly<Record<'pop3' | 'pop3s' | 'smtp' | 'smtps', { readonly port: number }>>;
  readonly caFile: string;
  readonly mailboxes: readonly { readonly address: string; readonly password: string }[];
}

const main = new URL('../../cli/main.ts', import.meta.url).pathname;
const corpus = foreignMail().map(({ bytes }) => wireForm(bytes));

let directory: string;
let server: ChildProcess;
let ready: Ready;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mcp-'));
  const messages = join(directory, 'messages');
  mkdirSync(messages);
  for (const [at, message] of corpus.entries())
    writeFileSync(join(messages, `${String(at).padStart(6, '0')}.eml`), message);
  const args = ['serve', '--profile', 'dovecot-postfix', '--mailboxes', '2', '--messages', messages];
  server = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(server, 'exit').then(([code]) => {
    throw new Error(`mailclock serve ended with ${code} before it was ready`);
  });
  const lines = createInterface({ input: server.stdout! }); // its output is piped
  const [line] = await Promise.race([once(lines, 'line'), died]);
  died.catch(() => undefined); // afterwards it is meant to end
  ready = JSON.parse(line) as Ready; // each field is used, and so checked, below
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

function folder(name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}

test('curl and poplib fetch what was in the folder, over TLS', async () => {
  const [{ address: login, password }] = ready.mailboxes as [Ready['mailboxes'][number]]; // two were asked for
  for (const name of ['curl', 'poplib']) {
    const client = pop3Clients.find((one) => one.name === name)!; // it is one of them
    const port = ready.endpoints.pop3s.port;
    const from = { port, security: 'tls', login, password, caFile: ready.caFile } as const;
    expect(digests(await client.fetch(from, folder(`from-${name}`)))).toEqual(digests(corpus));
  }
});

test('mailclock sync pulls it all, and what another client sends', async () => {
  const [one, two] = ready.mailboxes as [Ready['mailboxes'][number], Ready['mailboxes'][number]]; // as above
  const { pop3, smtps } = ready.endpoints;
  const config = join(directory, 'mailclock.yaml');
  writeFileSync(
    config,
    `store: store.sqlite
settings: { incomingMaximumEmailsPerCycle: 1000, incomingWindowMs: 1 }
profiles:
  simulated:
    incoming: { host: localhost, port: ${pop3.port}, security: starttls, ca: ${ready.caFile} }
    outgoing: { host: localhost, port: ${smtps.port}, ca: ${ready.caFile} }
mailboxes:
  two: { emailAddress: ${two.address}, profile: simulated, secret: env:SECRET }
`,
  );
  const sync = () =>
    run(process.execPath, [main, 'sync', '--config', config, '--once'], {
      env: { ...process.env, NODE_OPTIONS: '', SECRET: two.password },
    });
  expect((await sync()).code).toBe(0);
  expect(digests(await stored())).toEqual(digests(corpus));

  const message = Buffer.from(`From: ${one.address}\r\nSubject: later\r\n\r\n.dotted\r\n`);
  const smtplib = smtpClients.find(({ name }) => name === 'smtplib')!; // it is one of them
  const account = {
    login: one.address,
    password: one.password,
    recipient: two.address,
    caFile: ready.caFile,
  };
  await smtplib.send({ port: smtps.port, security: 'tls', ...account }, [message], folder('sent'));
  expect((await sync()).code).toBe(0);
  const raws = await stored();
  expect(raws.length).toBe(corpus.length + 1);
  const { rest, trace } = deliveredForm(raws.at(-1)!, message); // one more than before
  expect(rest.toString()).toBe(message.toString());
  expect(new Set(trace)).toEqual(new Set(['trace']));
});

async function stored(): Promise<Buffer[]> {
  const store = openSqliteStore({ path: join(directory, 'store.sqlite') });
  try {
    const raws: Buffer[] = [];
    for (const { id } of await store.receivedEmails()) raws.push(Buffer.from((await store.emailRaw(id))!)); // an email without its source is a bug
    return raws;
  } finally {
    await store.close();
  }
}
