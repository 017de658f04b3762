import { setTimeout as delay } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { anna, bert, digests, secretForms, summaryOf, Workplace } from './sync/workplace.ts';

// Policy: `mailclock sync` over IMAP pulls real mail from Dovecot byte for byte, and whatever another client and the
// server do in between (flags, moves, deletions, another UIDVALIDITY), nothing is lost or doubled.

// NUL has no place in an IMAP literal: servers put something else there.
const corpus = foreignMail()
  .map(({ bytes }) => wireForm(bytes))
  .filter((wire) => !wire.includes(0));

let system: MailSystem;
let work: Workplace;
beforeAll(async () => {
  system = await startMailSystem([anna, bert]);
  system.dovecot.put(anna.login, corpus);
});
afterAll(async () => {
  await system?.stop();
});
beforeEach(() => {
  work = new Workplace(system);
});
afterEach(() => work.clean());

test.each(['tls', 'starttls', 'none'] as const)(
  'everything arrives byte for byte, security %s',
  async (incoming) => {
    work.configure({ protocol: 'imap', incoming });
    const first = await work.once();
    expect(first).toMatchObject({ code: 0, signal: null });
    expect(digests(await work.raw('anna'))).toEqual(digests(corpus));
    const printed = first.stdout + first.stderr + work.storeBytes();
    expect(secretForms().filter((form) => printed.includes(form))).toEqual([]);

    const second = await work.once('--json');
    expect(summaryOf(second)).toMatchObject({ received: 0, sent: 0, alerts: [] });
  },
);

test('killed in the middle of a pull and started again: nothing lost, nothing doubled', async () => {
  // Small commits make many places to die in.
  work.configure({ protocol: 'imap', incoming: 'tls', settings: { incomingCommitEvery: 5 } });
  for (let deaths = 0; deaths < 3; deaths++) {
    const before = await work.count('anna');
    const running = work.start();
    while ((await work.count('anna')) < before + 40 && running.child.exitCode === null) await delay(5);
    running.child.kill('SIGKILL');
    const death = await running.ended;
    expect(death.signal, death.stderr).toBe('SIGKILL');
    const left = await work.count('anna');
    expect(left).toBeGreaterThan(before);
    expect(left).toBeLessThan(corpus.length);
  }
  // The server may count the connections of those who died: with fewer than that nothing is begun, and it is said.
  work.configure({ protocol: 'imap', incoming: 'tls', connections: 3 });
  const held = await work.once();
  expect(held).toMatchObject({ code: 1, signal: null });
  expect(held.stdout).toContain(
    'anna incoming: It was due and did not run: its server may count connections',
  );

  work.configure({ protocol: 'imap', incoming: 'tls' });
  const last = await work.once();
  expect(last.code, last.stdout + last.stderr).toBe(0);
  expect(digests(await work.raw('anna'))).toEqual(digests(corpus));
  expect(await work.withStore((store) => store.quarantine())).toEqual([]);
});

test('what another client and the server do in between doubles nothing and loses nothing', async () => {
  const [first = [], more = []] = [corpus.slice(0, 20), corpus.slice(20, 23)];
  system.dovecot.put(bert.login, first);
  work.configure({ protocol: 'imap', incoming: 'tls' });
  await work.once();
  expect(digests(await work.raw('bert'))).toEqual(digests(first));

  await asAnotherClient(async (client) => {
    await client.mailboxCreate('Work');
    await client.mailboxOpen('INBOX');
    await client.messageFlagsAdd('1:3', ['\\Seen', '\\Flagged'], { uid: true });
    await client.messageMove('4:6', 'Work', { uid: true });
    await client.messageDelete('7:8', { uid: true });
  });
  system.dovecot.put(bert.login, more);
  expect((await work.once()).code).toBe(0);
  expect(digests(await work.raw('bert'))).toEqual(digests([...first, ...more]));

  await asAnotherClient(async (client) => {
    await client.mailboxOpen('Work');
    await client.messageMove('1:*', 'INBOX', { uid: true }); // under new UIDs
  });
  expect((await work.once()).code).toBe(0);
  expect(digests(await work.raw('bert'))).toEqual(digests([...first, ...more]));

  const uidValidity = () =>
    asAnotherClient(async (client) => (await client.mailboxOpen('INBOX')).uidValidity);
  const before = await uidValidity();
  system.dovecot.forgetUids(bert.login);
  expect(await uidValidity()).not.toBe(before);
  expect((await work.once()).code).toBe(0);
  expect(digests(await work.raw('bert'))).toEqual(digests([...first, ...more]));
});

test('large, broken and 8-bit messages arrive as Dovecot gives them, and one above the limit is left with an alert', async () => {
  const odd = [
    '',
    'Subject: no body and no end',
    '\r\nno header at all\r\n',
    'not a header\r\nSubject: after a broken line\r\n\r\nx\r\n',
    `Subject: long\r\nX-Long: ${'h'.repeat(100_000)}\r\n\r\n${'b'.repeat(200_000)}\r\n`,
    'Subject: Gr\xfc\xdfe \xff\xfe\r\nFrom: J\xf6rg <j@example.test>\r\n\r\n\x80\x81\xff\r\n',
    'Subject: bare\nline\n\nfeeds\nand\rcarriage returns\r\n',
    'Subject: parts\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\n--q\r\n--q\r\nunclosed',
    `Subject: deep\r\n${Array.from({ length: 200 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`).join('')}\r\nend\r\n`,
    `Subject: literal {5}\r\nX-Quote: "\\" ) * OK a1 OK\r\n\r\na1 OK {3}\r\n* BYE\r\n)\r\n`,
  ];
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  const large = Buffer.from(`Subject: large\r\n\r\n${`${'0123456789'.repeat(7)}\r\n`.repeat(300_000)}`);
  const giant = Buffer.concat([large, large]);
  const before = await onTheServer();
  system.dovecot.put(bert.login, [...odd.map(bytes), giant, large]);
  const settings = { incomingEmailMaximumSizeLimitBytes: 30_000_000 };
  work.configure({ protocol: 'imap', incoming: 'tls', settings });
  const ended = await work.once();
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  expect(ended.stdout).toContain('alert item-too-large (bert)');
  // What an earlier test left there comes as well.
  const wanted = [...before, ...odd.map((text) => bytes(text.replace(/\r?\n/g, '\r\n'))), large];
  expect(digests(await work.raw('bert'))).toEqual(digests(wanted));
  expect(summaryOf(await work.once('--json'))).toMatchObject({ received: 0 });
});

/** What lies in bert's Inbox, as another client is given it. */
function onTheServer(): Promise<Buffer[]> {
  return asAnotherClient(async (client) => {
    const { exists } = await client.mailboxOpen('INBOX');
    const all = exists === 0 ? [] : await client.fetchAll('1:*', { source: true });
    return all.map(({ source }) => source!); // asked for
  });
}

async function asAnotherClient<Result>(use: (client: ImapFlow) => Promise<Result>): Promise<Result> {
  const client = new ImapFlow({
    host: 'localhost',
    port: system.dovecot.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user: bert.login, pass: bert.password },
    logger: false,
  });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.logout();
  }
}
