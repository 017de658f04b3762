import { setTimeout as delay } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { anna, bert, digests, Workplace } from './sync/workplace.ts';

// Policy: `mailclock sync` follows folders of a real Dovecot through what another client does to them: moved between
// folders, in folders renamed or emptied or gone, each message is in the store once, byte for byte, and told apart from
// its copy. What IDLE tells of comes at once, and what it leaves is found as before.

const mail = foreignMail()
  .map(({ bytes }) => wireForm(bytes))
  .filter((wire) => !wire.includes(0))
  .slice(0, 12);

let system: MailSystem;
let work: Workplace;
beforeAll(async () => {
  system = await startMailSystem([anna, bert]);
});
afterAll(async () => {
  await system?.stop();
});
beforeEach(() => {
  work = new Workplace(system);
});
afterEach(() => work.clean());

test('folders renamed, filled, emptied and gone: each message once', async () => {
  const [inCases = [], more = []] = [mail.slice(0, 3), mail.slice(10)];
  system.dovecot.put(bert.login, mail.slice(0, 10));
  work.configure({ protocol: 'imap', incoming: 'tls' });
  const cases = 'Fälle & "Akten" [alt]';
  await asAnotherClient(async (client) => {
    await client.mailboxCreate(cases);
    await client.mailboxCreate(`${cases}/Zwei`);
    await client.mailboxOpen('INBOX');
    await client.messageMove('1:3', cases, { uid: true });
    await client.messageMove('4:5', `${cases}/Zwei`, { uid: true });
  });
  await work.once();
  await track(cases);
  await track(`${cases}/Zwei`);
  await expectStored(mail.slice(0, 10));
  expect(await tracked()).toEqual([
    [cases, 'valid'],
    [`${cases}/Zwei`, 'valid'],
  ]);

  await asAnotherClient(async (client) => {
    await client.mailboxRename(cases, 'Matters');
    await client.mailboxOpen('INBOX');
    await client.messageMove('6:7', 'Matters', { uid: true });
    await client.mailboxOpen('Matters/Zwei');
    await client.messageMove('1', 'INBOX', { uid: true });
  });
  system.dovecot.put(bert.login, more);
  await expectStored(mail);
  expect(await tracked()).toEqual([
    ['Matters', 'valid'],
    ['Matters/Zwei', 'valid'],
  ]);

  await asAnotherClient(async (client) => {
    await client.mailboxOpen('INBOX');
    await client.messageCopy('8', 'Matters/Zwei', { uid: true }); // another message with the same bytes
    await client.mailboxCreate('Elsewhere');
    await client.mailboxOpen('Matters');
    await client.messageMove('1', 'Elsewhere', { uid: true }); // out of sight, and kept
  });
  await expectStored([...mail, mail[7]!]);

  system.dovecot.forgetUids(bert.login, 'Matters');
  await expectStored([...mail, mail[7]!]);
  await expectStored([...mail, mail[7]!]); // that all of it went is believed at the second look

  await asAnotherClient(async (client) => {
    await client.mailboxDelete('Matters/Zwei');
    await client.mailboxRename('Matters', 'Archive 2026');
    await client.mailboxCreate('Matters');
    await client.append('Matters', inCases[0]!); // in a folder nobody tracks
  });
  await expectStored([...mail, mail[7]!]);
  expect(await tracked()).toEqual([
    ['Archive 2026', 'valid'],
    ['Matters/Zwei', 'invalid'],
  ]);
});

test('in IDLE: what comes while nothing is due is there long before the end of the window', async () => {
  const [first = [], then = []] = [mail.slice(0, 2), mail.slice(2, 5)];
  system.dovecot.put(anna.login, first);
  const settings = { incomingWindowMs: 3_600_000, imapHintDelayMs: 1 };
  work.configure({ protocol: 'imap', incoming: 'tls', hints: true, settings });
  const running = work.start();
  await until(running, async () => (await work.count('anna')) === 2);
  system.dovecot.put(anna.login, then);
  await until(running, async () => (await work.count('anna')) === 5);
  running.child.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0, signal: null });
  expect(digests(await work.raw('anna'))).toEqual(digests(mail.slice(0, 5)));
});

async function until(running: ReturnType<Workplace['start']>, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    expect(running.child.exitCode, running.output()).toBe(null);
    await delay(20);
  }
}

async function expectStored(wanted: readonly Buffer[]): Promise<void> {
  const ended = await work.once();
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  expect(digests(await work.raw('bert'))).toEqual(digests(wanted));
}

const track = (path: string) =>
  work.withStore((store) =>
    store.addTrackingFolder({ mailboxId: 'bert', folderId: undefined, path, regarding: undefined }, 10),
  );

const tracked = () =>
  work.withStore(async (store) =>
    (await store.trackingFolders('bert')).map(({ path, status }) => [path, status]),
  );

async function asAnotherClient(use: (client: ImapFlow) => Promise<void>): Promise<void> {
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
    await use(client);
  } finally {
    await client.logout();
  }
}
