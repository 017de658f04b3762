import { setTimeout as delay } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EmailFlags } from '../../engine/index.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { anna, bert, Workplace } from './sync/workplace.ts';

// Policy: `mailclock sync` shares flags with Dovecot and with the clients that use it: what either side changed the other
// has after the next cycle, also when the process is killed while it writes them, and other flags stay as they are.

const count = 300;
const wire = { seen: '\\Seen', flagged: '\\Flagged', answered: '\\Answered' } as const;

let system: MailSystem;
let work: Workplace;
beforeAll(async () => {
  system = await startMailSystem([anna, bert]);
  system.dovecot.put(
    anna.login,
    Array.from({ length: count }, (_, n) => Buffer.from(`Subject: ${n}\r\n\r\nThis is ${n}.\r\n`)),
  );
});
afterAll(async () => {
  await system?.stop();
});
beforeEach(() => {
  work = new Workplace(system);
  work.configure({ protocol: 'imap', incoming: 'tls', mailbox: ', synchronizeFlags: true' });
});
afterEach(() => work.clean());

test('what each side changes comes to the other, and what nobody shares stays', async () => {
  await asAnotherClient((client) => client.messageFlagsAdd('1:3', ['\\Seen', '$Forwarded'], { uid: true }));
  expect((await work.once()).code).toBe(0);
  expect(await ours()).toEqual(await theirs());
  expect((await ours()).filter(({ seen }) => seen)).toHaveLength(3);

  await asAnotherClient(async (client) => {
    await client.messageFlagsRemove('1', ['\\Seen'], { uid: true });
    await client.messageFlagsAdd('2', ['\\Answered'], { uid: true });
  });
  await set([1, 2], { flagged: true });
  await set([2, 9], { seen: false });
  await set([9], { answered: true });
  expect((await work.once()).code).toBe(0);
  const now = await theirs();
  expect(await ours()).toEqual(now);
  expect([now[1], now[2], now[9]]).toEqual([
    { seen: true, flagged: true, answered: true },
    { seen: false, flagged: true, answered: false },
    { seen: false, flagged: false, answered: true },
  ]);
  expect(now[0]).toEqual({ seen: false, flagged: false, answered: false });
  expect(await keywords()).toEqual([1, 2, 3]);
});

test('killed while it writes, it goes on: every change arrives, none is turned back', async () => {
  expect((await work.once()).code).toBe(0);
  await set(
    Array.from({ length: count }, (_, n) => n),
    { seen: true },
  );
  for (let deaths = 0; deaths < 3; deaths += 1) {
    const running = work.start();
    while ((await pending()) === 0 && running.child.exitCode === null) await delay(5);
    await delay(10 * deaths);
    running.child.kill('SIGKILL');
    await running.ended;
    await set([deaths], { seen: false });
  }
  await asAnotherClient((client) => client.messageFlagsAdd('1:*', ['\\Flagged'], { uid: true }));
  expect((await work.once()).code).toBe(0);
  expect((await work.once()).code).toBe(0);
  const now = await theirs();
  expect(await ours()).toEqual(now);
  expect(now.every(({ flagged }) => flagged)).toBe(true);
  expect(now.flatMap(({ seen }, n) => (seen ? [] : [n]))).toEqual([0, 1, 2]);
});

/** Records that wait to be written, or were about to be. */
const pending = () =>
  work.withStore(async (store) => {
    const records = await store.flagRecords('anna', [...(await store.itemLedger('anna')).keys()]);
    return [...records.values()].filter(({ offered }) => offered !== undefined).length;
  });

const ids = () =>
  work.withStore(async (store) =>
    (await store.receivedEmails('anna'))
      .toSorted((a, b) => Number(a.subject) - Number(b.subject))
      .map(({ id }) => id),
  );

async function set(numbers: readonly number[], flags: Partial<EmailFlags>): Promise<void> {
  const all = await ids();
  const unknown = await work.withStore((store) =>
    store.setEmailFlags(
      numbers.map((number) => all[number]!), // there are as many as were put
      flags,
    ),
  );
  expect(unknown).toEqual([]);
}

async function ours(): Promise<readonly EmailFlags[]> {
  const emails = await work.withStore((store) => store.receivedEmails('anna'));
  expect(emails).toHaveLength(count);
  return emails.toSorted((a, b) => Number(a.subject) - Number(b.subject)).map(({ flags }) => flags);
}

/** By the number in the subject. */
const theirs = (): Promise<readonly EmailFlags[]> =>
  asAnotherClient(async (client) => {
    const flags: EmailFlags[] = [];
    for await (const message of client.fetch('1:*', { flags: true, envelope: true })) {
      const has = (flag: string): boolean => message.flags?.has(flag) === true;
      flags[Number(message.envelope?.subject)] = {
        seen: has(wire.seen),
        flagged: has(wire.flagged),
        answered: has(wire.answered),
      };
    }
    return flags;
  });

/** UIDs of the messages with a keyword. */
const keywords = (): Promise<unknown> =>
  asAnotherClient((client) => client.search({ keyword: '$Forwarded' }, { uid: true }));

async function asAnotherClient<Result>(use: (client: ImapFlow) => Promise<Result>): Promise<Result> {
  const client = new ImapFlow({
    host: 'localhost',
    port: system.dovecot.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user: anna.login, pass: anna.password },
    logger: false,
  });
  await client.connect();
  try {
    await client.mailboxOpen('INBOX');
    return await use(client);
  } finally {
    await client.logout();
  }
}
