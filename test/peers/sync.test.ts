import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../engine/index.ts';
import { EmailStatus } from '../../engine/records/email.ts';
import type { Store } from '../../engine/store/store.ts';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';

// Policy: `mailclock sync`, as an operator starts it, pulls real mail from Dovecot byte for byte and sends through
// Postfix; run again it changes nothing; killed at any moment it loses nothing and doubles nothing; told to stop it
// stops; and no secret leaves it.

const anna = { login: 'anna@example.test', password: 'anna-s3cret-0f9d' };
const bert = { login: 'bert@example.test', password: 'bert-s3cret-7c21' };
/** In it are messages that are there twice, byte for byte: two on the server are two in the store. */
const corpus = foreignMail().map(({ bytes }) => wireForm(bytes));
const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
const expected = corpus.map(sha256).sort();

let system: MailSystem;
beforeAll(async () => {
  system = await startMailSystem([anna, bert]);
  system.dovecot.put(anna.login, corpus);
});
afterAll(async () => {
  await system?.stop();
});

let directory: string;
const started = new Set<ChildProcess>();
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mcp-'));
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
  rmSync(directory, { recursive: true });
});

/** A configuration for anna (secret in a file) and bert (secret in the environment), STLS in and out. */
function configure(changes: { settings?: Record<string, number>; trusted?: boolean } = {}): string {
  writeFileSync(join(directory, 'anna.secret'), `${anna.password}\n`, { mode: 0o600 });
  const ca = changes.trusted === false ? '' : `, ca: ${system.certificates.caFile}`;
  const settings = {
    incomingMaximumEmailsPerCycle: 1000,
    incomingWindowMs: 1,
    outgoingWindowMs: 1,
    ...changes.settings,
  };
  const file = join(directory, 'mailclock.yaml');
  writeFileSync(
    file,
    `store: store.sqlite
settings: ${JSON.stringify(settings)}
profiles:
  local:
    incoming: { host: localhost, port: ${system.dovecot.pop3}, security: starttls${ca} }
    outgoing: { host: localhost, port: ${system.postfix.submission}, security: starttls${ca} }
mailboxes:
  anna: { emailAddress: ${anna.login}, profile: local, secret: "file:${join(directory, 'anna.secret')}" }
  bert: { emailAddress: ${bert.login}, profile: local, secret: env:BERT_SECRET }
`,
  );
  return file;
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly output: () => string;
}

function sync(...args: string[]): Running {
  const main = new URL('../../cli/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'sync', ...args], {
    env: { ...process.env, BERT_SECRET: bert.password, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
  return {
    child,
    output: () => text(stdout) + text(stderr),
    ended: once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => ({
      code: code as number | null, // what `close` is documented to give
      signal: signal as NodeJS.Signals | null,
      stdout: text(stdout),
      stderr: text(stderr),
    })),
  };
}

async function withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = openSqliteStore({ path: join(directory, 'store.sqlite') });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** The raw messages in the store, in the order they came. */
function rawInStore(mailboxId: string): Promise<Buffer[]> {
  return withStore(async (store) => {
    const raws: Buffer[] = [];
    for (const { id } of await store.receivedEmails(mailboxId))
      raws.push(Buffer.from((await store.emailRaw(id))!)); // an email without its source is a bug
    return raws;
  });
}

/** Digests of what is in the store, sorted: which messages, and how often each. */
async function inStore(mailboxId: string): Promise<string[]> {
  return (await rawInStore(mailboxId)).map(sha256).sort();
}

/** Every digest not more often than on the server. */
function expectNoneDoubled(digests: readonly string[]): void {
  const left = new Map<string, number>();
  for (const digest of expected) left.set(digest, (left.get(digest) ?? 0) + 1);
  for (const digest of digests) left.set(digest, (left.get(digest) ?? 0) - 1);
  expect(Math.min(...left.values())).toBeGreaterThanOrEqual(0);
}

/** No form in which a password could be written down. */
function expectNoSecrets(text: string): void {
  for (const { login, password } of [anna, bert]) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(Buffer.from(password).toString('base64').replace(/=+$/, ''));
    expect(text).not.toContain(Buffer.from(`\0${login}\0${password}`).toString('base64').replace(/=+$/, ''));
  }
}

function storeFiles(): string {
  return readdirSync(directory)
    .filter((name) => name.startsWith('store.sqlite'))
    .map((name) => readFileSync(join(directory, name), 'latin1'))
    .join('');
}

test('--once pulls everything byte for byte, and again changes nothing', async () => {
  const config = configure();
  const first = await sync('--config', config, '--once').ended;
  expect(first).toMatchObject({ code: 0, signal: null });
  expect(first.stdout).toContain(`${corpus.length} `);
  const stored = await inStore('anna');
  expect(stored).toEqual(expected);

  const second = await sync('--config', config, '--once', '--json').ended;
  expect(second.code).toBe(0);
  const summary = JSON.parse(second.stdout.trim().split('\n').at(-1)!); // the last line of what was printed
  expect(summary).toMatchObject({ kind: 'summary', cycles: 4, received: 0, sent: 0, alerts: [] });
  expect(await inStore('anna')).toEqual(stored);
  expect(
    system.dovecot
      .log()
      .trim()
      .split('\n')
      .filter((line) => line.includes('pop3(anna'))
      .at(-1),
  ).toContain('retr=0/0, del=0/');

  expectNoSecrets(first.stdout + first.stderr + second.stdout + second.stderr + storeFiles());
});

test('mail goes out through Postfix and comes back through Dovecot', async () => {
  const config = configure();
  await sync('--config', config, '--once').ended;
  const attachment = Buffer.from(Array.from({ length: 3000 }, (_, at) => at % 256));
  await withStore((store) =>
    store.queueEmail(
      {
        id: 'out-1',
        mailboxId: 'anna',
        subject: 'Grüße aus der Werkstatt 🛠',
        to: [{ name: 'Bert', address: bert.login }],
        textBody: 'Line one\n.\n.. dots\nund Umlaute: äöü\n',
        attachments: [
          { fileName: 'Übersicht.bin', mimeType: 'application/octet-stream', content: attachment },
        ],
      },
      { messageId: '<out-1.test@example.test>', queuedOn: 1_700_000_000_000 },
    ),
  );
  const sending = await sync('--config', config, '--once', '--json').ended;
  expectNoSecrets(sending.stdout + sending.stderr);
  const sent = await withStore((store) => store.outgoingEmail('out-1'));
  expect(sent).toMatchObject({
    status: EmailStatus.sent,
    deliveryAttempts: 1,
    recipients: [{ address: bert.login, outcome: 'accepted' }],
  });

  // Postfix hands over to Dovecot after it answered, so the message may need another cycle.
  let received: Buffer[] = [];
  while (received.length === 0) {
    expect((await sync('--config', config, '--once').ended).code).toBe(0);
    received = await rawInStore('bert');
  }
  expect(received.length).toBe(1);
  const raw = received[0]!.toString(); // there is one
  expect(raw).toMatch(/^Message-ID: <out-1\.test@example\.test>\r$/im);
  const [stored] = await withStore((store) => store.receivedEmails('bert'));
  expect(stored).toMatchObject({
    subject: 'Grüße aus der Werkstatt 🛠',
    messageId: '<out-1.test@example.test>',
  });

  const again = await sync('--config', config, '--once', '--json').ended;
  expect(JSON.parse(again.stdout.trim().split('\n').at(-1)!)).toMatchObject({ received: 0, sent: 0 });
  expect((await inStore('bert')).length).toBe(1);
});

test('a recipient Postfix refuses is told, and the others get their copy', async () => {
  const config = configure();
  await sync('--config', config, '--once').ended;
  const before = (await inStore('bert')).length;
  await withStore((store) =>
    store.queueEmail(
      {
        id: 'out-2',
        mailboxId: 'anna',
        subject: 'To both',
        to: [{ address: bert.login }, { address: 'nobody@example.test' }],
        textBody: 'Hello.\n',
      },
      { messageId: '<out-2.test@example.test>', queuedOn: 1_700_000_000_000 },
    ),
  );
  await sync('--config', config, '--once').ended;
  expect((await withStore((store) => store.outgoingEmail('out-2')))?.recipients).toMatchObject([
    { address: bert.login, outcome: 'accepted' },
    { address: 'nobody@example.test', outcome: 'refused', reply: expect.stringContaining('5.1.1') },
  ]);
  while ((await inStore('bert')).length === before) await sync('--config', config, '--once').ended;
  expect((await inStore('bert')).length).toBe(before + 1);
});

test('killed in the middle of a pull and started again: nothing lost, nothing doubled', async () => {
  // Small commits make many places to die in.
  const config = configure({ settings: { incomingCommitEvery: 5 } });
  const deaths: number[] = [];
  while (deaths.length < 4) {
    const before = await stored();
    const running = sync('--config', config);
    while ((await stored()) < before + 60 && running.child.exitCode === null) await delay(5);
    running.child.kill('SIGKILL');
    const death = await running.ended;
    expect(death.signal, death.stderr).toBe('SIGKILL');
    const left = await stored();
    expect(left).toBeGreaterThan(before);
    expect(left).toBeLessThan(corpus.length);
    deaths.push(left);
    expectNoneDoubled(await inStore('anna'));
  }
  const last = sync('--config', config);
  while ((await stored()) < corpus.length && last.child.exitCode === null) await delay(20);
  last.child.kill('SIGTERM');
  expect(await last.ended).toMatchObject({ code: 0, signal: null });
  expect(await inStore('anna')).toEqual(expected);
  expect(await withStore((store) => store.quarantine())).toEqual([]);
});

/** How many messages of anna's are committed. */
async function stored(): Promise<number> {
  if (!existsSync(join(directory, 'store.sqlite'))) return 0;
  return withStore(async (store) => (await store.receivedEmails('anna')).length);
}

describe('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it in order, with a summary', async (signal) => {
    const config = configure({ settings: { incomingWindowMs: 300_000, outgoingWindowMs: 300_000 } });
    const running = sync('--config', config, '--json');
    while (!running.output().includes('"workload":"incoming"')) await delay(10);
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(JSON.parse(ended.stdout.trim().split('\n').at(-1)!)).toMatchObject({ kind: 'summary' });
    expect(ended.stderr).toBe(
      'mailclock: stopping; what is under way is brought to an end (again to stop at once)\n',
    );
  });
});

test('a server that says nothing does not keep it from stopping', async () => {
  const silent = createServer();
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const connected = once(silent, 'connection');
  const config = configure();
  const { port } = silent.address() as AddressInfo; // listening on TCP, so never a path
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace(`port: ${system.dovecot.pop3}`, `port: ${port}`),
  );
  const running = sync('--config', config);
  await connected;
  running.child.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0, signal: null });
  silent.close();
});

describe('what cannot work is said', () => {
  test('a certificate nobody vouches for: nothing is fetched, the exit code says so', async () => {
    const config = configure({ trusted: false });
    const ended = await sync('--config', config, '--once').ended;
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/certificate/i);
    expect(await inStore('anna')).toEqual([]);
    expectNoSecrets(ended.stdout + ended.stderr);
  });

  test('a wrong password: tried once, never told, and good again when it is set right', async () => {
    const config = configure();
    const refusals = () => system.dovecot.log().split('Password mismatch').length;
    const before = refusals();
    writeFileSync(join(directory, 'anna.secret'), 'wrong-s3cret-4711\n');
    const first = await sync('--config', config, '--once').ended;
    const second = await sync('--config', config, '--once').ended;
    for (const ended of [first, second]) {
      expect(ended.code).toBe(1);
      expect(ended.stdout).toMatch(/^anna +incoming .* disabled$/m);
      expect(ended.stdout + ended.stderr).not.toContain('wrong-s3cret-4711');
    }
    expect(storeFiles()).not.toContain('wrong-s3cret-4711');
    expect(refusals()).toBe(before + 1);

    writeFileSync(join(directory, 'anna.secret'), anna.password);
    expect((await sync('--config', config, '--once', '--enable', 'anna').ended).code).toBe(0);
    expect(await inStore('anna')).toEqual(expected);
  });

  test('a second one on the same store', async () => {
    const config = configure();
    const first = sync('--config', config, '--json');
    while (!first.output().includes('cycle-end')) await delay(10);
    const second = await sync('--config', config, '--once').ended;
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toMatch(
      /^mailclock: another mailclock sync is running on .*store\.sqlite; stop it first\n$/,
    );
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
  });

  test.each([
    [
      'no such file',
      ['--config', '/nowhere/mailclock.yaml'],
      /^mailclock: \/nowhere\/mailclock\.yaml: there is no such file; [^\n]+\n$/,
    ],
    ['an unknown option', ['--confg', 'x'], /^error: unknown option '--confg'/],
  ])('%s', async (_, args, sentence) => {
    const ended = await sync(...args).ended;
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stdout).toBe('');
  });

  test('a secret that is not there', async () => {
    const config = configure();
    rmSync(join(directory, 'anna.secret'));
    const ended = await sync('--config', config, '--once').ended;
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/mailboxes\.anna\.secret: .*anna\.secret cannot be read/);
    expect(existsSync(join(directory, 'store.sqlite'))).toBe(false);
  });
});
