import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { contentHash, parseMessage } from '../../engine/incoming/parse-message.ts';
import { pop3Clients } from './clients/pop3-clients.ts';
import { foreignMail } from './corpus/sources.ts';
import { wireForm } from './corpus/wire-form.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { anna, bert, digests, secretForms, summaryOf, Workplace } from './sync/workplace.ts';

// Policy: `mailclock sync`, as an operator starts it, pulls real mail from Dovecot byte for byte over every kind of
// connection; run again it changes nothing; killed at any moment it loses nothing and doubles nothing; it deletes on the
// server only what it was told to and has stored; and no secret leaves it.

/** In it are messages that are there twice, byte for byte: two on the server are two in the store. */
const corpus = foreignMail().map(({ bytes }) => wireForm(bytes));
const expected = digests(corpus);

let system: MailSystem;
beforeAll(async () => {
  system = await startMailSystem([anna, bert]);
  system.dovecot.put(anna.login, corpus);
});
afterAll(async () => {
  await system?.stop();
});

let work: Workplace;
beforeEach(() => {
  work = new Workplace(system);
});
afterEach(() => work.clean());

test.each(['tls', 'starttls', 'none'] as const)(
  'everything arrives byte for byte, security %s',
  async (incoming) => {
    work.configure({ incoming });
    const first = await work.once();
    expect(first).toMatchObject({ code: 0, signal: null });
    expect(first.stdout).toContain(`${corpus.length} received, 0 sent in 4 cycles`);
    expect(digests(await work.raw('anna'))).toEqual(expected);

    const printed = first.stdout + first.stderr + work.storeBytes();
    expect(secretForms().filter((form) => printed.includes(form))).toEqual([]);
  },
);

test('what is stored beside the raw message is what was read from it', async () => {
  work.configure();
  await work.once();
  await work.withStore(async (store) => {
    for (const email of await store.receivedEmails('anna')) {
      const raw = Buffer.from((await store.emailRaw(email.id))!); // an email without its source is a bug
      const { messageId, inReplyTo, subject, sentOn, rawSha256 } = await parseMessage(
        raw,
        contentHash(raw),
        0,
      );
      expect(email).toMatchObject({
        messageId,
        inReplyTo,
        subject,
        sentOn,
        rawSha256,
        sizeBytes: raw.length,
      });
    }
  });
});

test('run again, it fetches nothing and changes nothing', async () => {
  work.configure();
  await work.once();
  const before = await work.withStore((store) => store.receivedEmails());
  const second = await work.once('--json');
  expect(second.code).toBe(0);
  expect(summaryOf(second)).toMatchObject({ kind: 'summary', cycles: 4, received: 0, sent: 0, alerts: [] });
  expect(await work.withStore((store) => store.receivedEmails())).toEqual(before);
  const sessions = system.dovecot
    .log()
    .split('\n')
    .filter((line) => line.includes('pop3(anna'));
  expect(sessions.at(-1)).toContain(`top=0/0, retr=0/0, del=0/${corpus.length}`);
});

test('killed in the middle of a pull and started again: nothing lost, nothing doubled', async () => {
  // Small commits make many places to die in.
  work.configure({ settings: { incomingCommitEvery: 5 } });
  for (let deaths = 0; deaths < 4; deaths++) {
    const before = await work.count('anna');
    const running = work.start();
    while ((await work.count('anna')) < before + 60 && running.child.exitCode === null) await delay(5);
    running.child.kill('SIGKILL');
    const death = await running.ended;
    expect(death.signal, death.stderr).toBe('SIGKILL');
    const left = await work.count('anna');
    expect(left).toBeGreaterThan(before);
    expect(left).toBeLessThan(corpus.length);
    expectNoneDoubled(digests(await work.raw('anna')));
  }
  const last = work.start();
  while ((await work.count('anna')) < corpus.length && last.child.exitCode === null) await delay(20);
  last.child.kill('SIGTERM');
  expect(await last.ended).toMatchObject({ code: 0, signal: null });
  expect(digests(await work.raw('anna'))).toEqual(expected);
  expect(await work.withStore((store) => store.quarantine())).toEqual([]);
});

/** Each digest not more often than on the server. */
function expectNoneDoubled(found: readonly string[]): void {
  const left = new Map<string, number>();
  for (const digest of expected) left.set(digest, (left.get(digest) ?? 0) + 1);
  for (const digest of found) left.set(digest, (left.get(digest) ?? 0) - 1);
  expect(Math.min(...left.values())).toBeGreaterThanOrEqual(0);
}

test('told to delete after processing, it empties the mailbox it has stored, killed in between or not', async () => {
  work.configure({ settings: { incomingCommitEvery: 20 }, mailbox: ', processAndDeleteEmails: true' });
  const running = work.start();
  while ((await work.count('anna')) < 100 && running.child.exitCode === null) await delay(5);
  running.child.kill('SIGKILL');
  await running.ended;
  expect((await work.once()).code).toBe(0);
  expect(digests(await work.raw('anna'))).toEqual(expected);
  const curl = pop3Clients.find(({ name }) => name === 'curl')!; // it is one of them
  const { pop3: port } = system.dovecot;
  const { caFile } = system.certificates;
  expect(await curl.fetch({ port, security: 'stls', ...anna, caFile }, work.directory)).toEqual([]);
});
