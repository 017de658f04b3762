import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EmailStatus, type NewEmail } from '../../engine/index.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { anna, bert, secretForms, summaryOf, Workplace } from './sync/workplace.ts';

// Policy: what an application queues leaves through Postfix once, whole, and every recipient's fate is known; killed
// while it sends, the engine never sends a second copy, and whatever it cannot know it says.

let system: MailSystem;
beforeAll(async () => {
  system = await startMailSystem([anna, bert]);
});
afterAll(async () => {
  await system?.stop();
});

let work: Workplace;
beforeEach(() => {
  work = new Workplace(system);
});
afterEach(() => work.clean());

/** Queues mail from anna beside the command, as an application with the same store does. */
async function queue(email: Omit<NewEmail, 'mailboxId'>): Promise<void> {
  await work.withStore((store) =>
    store.queueEmail(
      { ...email, mailboxId: 'anna' },
      { messageId: `<${email.id}@example.test>`, queuedOn: 1_700_000_000_000 },
    ),
  );
}

/** Bert's messages once there are `count`; Postfix answers before Dovecot has them. */
async function received(count: number): Promise<Buffer[]> {
  while ((await work.count('bert')) < count) expect((await work.once()).code).toBe(0);
  return work.raw('bert');
}

test.each(['tls', 'starttls'] as const)(
  'mail goes out and comes back whole, security %s',
  async (outgoing) => {
    work.configure({ outgoing });
    await work.once();
    const before = await work.count('bert');
    const id = `whole-${outgoing}`;
    await queue({
      id,
      subject: 'Grüße aus der Werkstatt 🛠',
      to: [{ name: 'Bert', address: bert.login }],
      textBody: 'Line one\n.\n.. dots\nund Umlaute: äöü\n',
      attachments: [{ fileName: 'Übersicht.bin', mimeType: 'application/octet-stream', content: everyByte }],
    });
    const sending = await work.once('--json');
    expect(summaryOf(sending)).toMatchObject({ sent: 1 });
    expect(await work.withStore((store) => store.outgoingEmail(id))).toMatchObject({
      status: EmailStatus.sent,
      deliveryAttempts: 1,
      recipients: [{ address: bert.login, outcome: 'accepted' }],
    });

    const message = await parsed((await received(before + 1)).at(-1)!); // one more than before, so there is one
    expect(message.messageId).toBe(`<${id}@example.test>`);
    expect(message.subject).toBe('Grüße aus der Werkstatt 🛠');
    expect(message.textBody).toBe('Line one\n.\n.. dots\nund Umlaute: äöü\n');
    expect(message.attachments.map(({ fileName }) => fileName)).toEqual(['Übersicht.bin']);
    expect(Buffer.from(message.attachments[0]!.content).equals(everyByte)).toBe(true);

    expect(summaryOf(await work.once('--json'))).toMatchObject({ received: 0, sent: 0 });
    const printed = sending.stdout + sending.stderr + work.storeBytes();
    expect(secretForms().filter((form) => printed.includes(form))).toEqual([]);
  },
);

const everyByte = Buffer.from(Array.from({ length: 3000 }, (_, at) => at % 256));

async function parsed(raw: Buffer) {
  const { contentHash, parseMessage } = await import('../../engine/incoming/parse-message.ts');
  return parseMessage(raw, contentHash(raw), 0);
}

test('a recipient Postfix refuses is told, and the others get their copy', async () => {
  work.configure();
  await work.once();
  const before = await work.count('bert');
  await queue({
    id: 'both',
    subject: 'To both',
    to: [{ address: bert.login }, { address: 'nobody@example.test' }],
    textBody: 'Hello.\n',
  });
  const sending = await work.once();
  expect(sending.stdout).toContain('nobody@example.test');
  expect(await work.withStore((store) => store.outgoingEmail('both'))).toMatchObject({
    status: EmailStatus.failed,
    recipients: [
      { address: bert.login, outcome: 'accepted' },
      { address: 'nobody@example.test', outcome: 'refused', reply: expect.stringContaining('5.1.1') },
    ],
  });
  expect((await received(before + 1)).length).toBe(before + 1);
});

test('killed while it sends: no second copy, and what is not known is said', async () => {
  work.configure({ settings: { backgroundSendBatchSize: 255 } });
  await work.once();
  const before = await work.count('bert');
  const ids = Array.from({ length: 400 }, (_, at) => `burst-${at}`);
  for (const id of ids) await queue({ id, subject: id, to: [{ address: bert.login }], textBody: `${id}\n` });

  const statuses = () =>
    work.withStore(async (store) => (await store.outgoingEmails('anna')).map(({ status }) => status));
  const sent = async () => (await statuses()).filter((status) => status === EmailStatus.sent).length;
  // The worst moment to die is between the final dot and the reply: the row is marked as handed over, and no more.
  const openWatch = () => {
    const database = new DatabaseSync(join(work.directory, 'store.sqlite'));
    const rows = database.prepare('SELECT 1 FROM email WHERE status = 7 AND handed = 1');
    return { sees: () => rows.get() !== undefined, close: () => database.close() };
  };
  let hits = 0;
  for (let deaths = 0; deaths < 3 || hits === 0; deaths++) {
    const already = await sent();
    expect(already, 'all went out before a death hit').toBeLessThan(ids.length - 20);
    const running = work.start();
    while ((await sent()) < already + 5 && running.child.exitCode === null) await delay(3);
    const alive = openWatch();
    const giveUp = performance.now() + 100;
    while (!alive.sees() && performance.now() < giveUp);
    running.child.kill('SIGKILL');
    const death = await running.ended;
    expect(death.signal, death.stderr).toBe('SIGKILL');
    // A commit may be on the disk that no open connection has heard of: only who opens the file afresh, as the next
    // engine does, finds it.
    alive.close();
    const dead = openWatch();
    if (dead.sees()) hits += 1;
    dead.close();
  }
  for (let rounds = 0; rounds < 2; rounds++) await work.once(); // more than one batch is left
  const rows = await work.withStore((store) => store.outgoingEmails('anna'));
  const uncertain = rows.filter(({ status }) => status === EmailStatus.uncertain).map(({ id }) => id);
  expect(rows.filter(({ status }) => status === EmailStatus.sent).length).toBe(ids.length - uncertain.length);
  // One row is under way at any moment, so each death that hit leaves one in doubt.
  expect(uncertain.length).toBe(hits);
  const alerts = await work.withStore((store) => store.alerts({ open: true }));
  for (const id of uncertain) expect(alerts.map(({ text }) => text).join('\n')).toContain(id);

  const copies = (await received(before + ids.length - uncertain.length))
    .slice(before)
    .map((raw) => /^Message-ID: <(burst-\d+)@/im.exec(raw.toString())?.[1]);
  expect(new Set(copies).size).toBe(copies.length);
  expect(ids.filter((id) => !copies.includes(id) && !uncertain.includes(id))).toEqual([]);
});
