import { ImapFlow } from 'imapflow';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EmailStatus, type NewEmail } from '../../engine/index.ts';
import { type MailSystem, startMailSystem } from './servers/mail-system.ts';
import { anna, bert, Workplace } from './sync/workplace.ts';

// Policy: what `mailclock sync` sent through Postfix lies in the Sent folder of Dovecot, once, as it was sent; what
// Dovecot refuses to file never goes out again, and is told of.

/** Anna may keep a message or two. */
const quotaBytes = 2_000_000;

let system: MailSystem;
let work: Workplace;
beforeAll(async () => {
  system = await startMailSystem([{ ...anna, quotaBytes }, bert]);
});
afterAll(async () => {
  await system?.stop();
});
beforeEach(() => {
  work = new Workplace(system);
  work.configure({ protocol: 'imap' });
});
afterEach(() => work.clean());

async function queue(email: Omit<NewEmail, 'mailboxId' | 'to'>): Promise<void> {
  await work.withStore((store) =>
    store.queueEmail(
      { ...email, mailboxId: 'anna', to: [{ address: bert.login }] },
      { messageId: `<${email.id}@example.test>`, queuedOn: 1_700_000_000_000 },
    ),
  );
}

const row = (id: string) => work.withStore((store) => store.outgoingEmail(id));

test('the copy is filed once, read, without Bcc, with the bytes that went out', async () => {
  await work.once();
  await queue({
    id: 'copied',
    subject: 'Grüße',
    textBody: 'Line one\n.\n.. dots\näöü\n',
    bcc: [{ address: anna.login }],
  });
  expect((await work.once()).code).toBe(0);
  expect(await row('copied')).toMatchObject({ status: EmailStatus.sent, sentCopy: { state: 'done' } });

  const filed = await sentOf(anna.login, anna.password);
  expect(filed.map(({ flags }) => flags)).toEqual([['\\Seen']]);
  const copy = filed[0]!.raw.toString();
  expect(copy).toContain('Message-ID: <copied@example.test>\r\n');
  expect(copy).not.toMatch(/^bcc:/im);
  while ((await work.count('bert')) === 0) expect((await work.once()).code).toBe(0);
  const [delivered] = await work.raw('bert');
  expect(delivered!.toString().endsWith(copy)).toBe(true);
  // Sent is not the Inbox: but for the blind copy, nothing of it comes back as mail.
  while ((await work.count('anna')) === 0) expect((await work.once()).code).toBe(0);
  await work.once();
  expect(await work.count('anna')).toBe(1);
  expect(await sentOf(anna.login, anna.password)).toHaveLength(1);
});

test('over quota: the mail is out, its copy waits, and it is said', async () => {
  await work.once();
  const before = (await sentOf(anna.login, anna.password)).length;
  const atBerts = await work.count('bert');
  system.dovecot.put(anna.login, [
    Buffer.from(`Subject: heavy\r\n\r\n${'0123456789abcdef\r\n'.repeat(quotaBytes / 18)}`),
  ]);
  await queue({ id: 'refused', subject: 'No room', textBody: 'x'.repeat(4_000) });
  const first = await work.once();
  expect(first.stdout).toContain('alert sent-copy-trouble (anna)');
  expect(first.stdout).toMatch(/imap-over-quota/);
  for (let again = 0; again < 2; again++) await work.once();
  expect(await row('refused')).toMatchObject({
    status: EmailStatus.sent,
    deliveryAttempts: 1,
    sentCopy: { state: 'begun', attempts: 1 },
  });
  expect(await sentOf(anna.login, anna.password)).toHaveLength(before);
  while ((await work.count('bert')) < atBerts + 1) await work.once();
  await work.once();
  expect(await work.count('bert')).toBe(atBerts + 1);
});

/** What lies in Sent, as another client sees it. */
async function sentOf(user: string, pass: string): Promise<{ flags: string[]; raw: Buffer }[]> {
  const { imap: port } = system.dovecot;
  const client = new ImapFlow({
    host: 'localhost',
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass },
    logger: false,
  });
  await client.connect();
  try {
    const { exists } = await client.mailboxOpen('Sent');
    const filed = exists === 0 ? [] : await client.fetchAll('1:*', { flags: true, source: true });
    return filed.map(({ flags, source }) => ({
      flags: [...(flags ?? [])].filter((flag) => flag !== '\\Recent'),
      raw: source!, // asked for
    }));
  } finally {
    await client.logout();
  }
}
