import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmailStatus, openSqliteStore, type Store } from '../../engine/index.ts';

// Policy: `mailclock sync` keeps Exchange mailboxes in step over real TLS: what `mailclock serve` has comes in byte for
// byte, what is queued goes out whole (large attachments by upload session), and a wrong client secret is said and kept.

interface Ready {
  readonly endpoints: Readonly<Record<'graph' | 'login', { readonly url: string }>>;
  readonly caFile: string;
  readonly apps: readonly { readonly clientId: string; readonly clientSecret: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'mailclock-exchange-'));
const main = new URL('../../cli/main.ts', import.meta.url).pathname;
const letter = Buffer.from(
  'From: a@elsewhere.test\r\nTo: user1@mail.test\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@elsewhere.test>\r\n\r\nhi\r\n.\r\n',
);
const server = spawn(
  process.execPath,
  [main, 'serve', '--profile', 'exchange-online', '--mailboxes', '2', '--messages', join(folder, 'mail')],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let ready: Ready;

beforeAll(async () => {
  mkdirSync(join(folder, 'mail'));
  writeFileSync(join(folder, 'mail', '1.eml'), letter);
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  ready = JSON.parse(line.toString()) as Ready; // the ready line, as docs/serve.md shows it
  const { graph, login } = ready.endpoints;
  writeFileSync(
    join(folder, 'mailclock.yaml'),
    `store: store.sqlite
settings: { incomingWindowMs: 1, outgoingWindowMs: 1 }
profiles:
  exchange:
    serverType: exchange-graph
    graph: { authority: "${login.url}", clientId: ${ready.apps[0]?.clientId}, baseUrl: "${graph.url}", ca: ${ready.caFile} }
mailboxes:
  one: { emailAddress: user1@mail.test, profile: exchange, secret: env:APP_SECRET }
  two: { emailAddress: user2@mail.test, profile: exchange, secret: env:APP_SECRET }
`,
  );
});

afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Each due workload once; what it printed, and how it ended. */
async function sync(secret = ready.apps[0]?.clientSecret): Promise<{ code: number; text: string }> {
  const words = [main, 'sync', '--config', join(folder, 'mailclock.yaml'), '--once'];
  const env = { ...process.env, APP_SECRET: secret, NODE_OPTIONS: '' };
  return promisify(execFile)(process.execPath, words, { env }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      text: error.stdout + error.stderr,
    }),
  );
}

async function withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = openSqliteStore({ path: join(folder, 'store.sqlite') });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

it('pulls what is there, sends what is queued, and the other mailbox gets it', async () => {
  expect(await sync()).toMatchObject({ code: 0 });
  const received = await withStore(async (store) => {
    const [email] = await store.receivedEmails('one');
    return email && { subject: email.subject, raw: await store.emailRaw(email.id) };
  });
  expect(received?.subject).toBe('Grüße');
  expect(Buffer.from(received?.raw ?? []).equals(letter)).toBe(true);

  const content = Buffer.alloc(5_000_000, 'mail');
  await withStore((store) =>
    store.queueEmail(
      {
        ...{ id: 'large', mailboxId: 'one', subject: 'Large', textBody: 'See the file.\n' },
        to: [{ address: 'user2@mail.test' }],
        attachments: [{ fileName: 'large.bin', mimeType: 'application/octet-stream', content }],
      },
      { messageId: '<large@mail.test>', queuedOn: 1_700_000_000_000 },
    ),
  );
  expect(await sync()).toMatchObject({ code: 0 });
  expect((await withStore((store) => store.outgoingEmail('large')))?.status).toBe(EmailStatus.sent);

  const arrived = async () =>
    withStore(async (store) =>
      (await store.receivedEmails('two')).find(({ messageId }) => messageId === '<large@mail.test>'),
    );
  while ((await arrived()) === undefined) expect((await sync()).code).toBe(0);
  const id = (await arrived())?.id ?? 0;
  const email = await withStore((store) => store.receivedEmail(id));
  expect(email?.attachments.map(({ fileName, sizeBytes }) => [fileName, sizeBytes])).toEqual([
    ['large.bin', content.length],
  ]);
  expect(Buffer.from(email?.attachments[0]?.content ?? []).equals(content)).toBe(true);
});

it('a wrong client secret: said, nothing lost, and nothing of the right one written down', async () => {
  const { code, text } = await sync('no-such-secret-7f3a');
  expect(code).toBe(1);
  expect(text).toContain('AADSTS7000215');
  expect(await sync()).toMatchObject({ code: expect.any(Number) });
  const kept = readdirSync(folder)
    .filter((name) => name.startsWith('store.sqlite'))
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('');
  for (const secret of [ready.apps[0]?.clientSecret ?? '', 'no-such-secret-7f3a']) {
    expect(text).not.toContain(secret);
    expect(kept).not.toContain(secret);
  }
});
