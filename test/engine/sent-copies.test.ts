/**
 * Policy, for the copy of what was sent in the mailbox's Sent folder:
 *
 * - It has the bytes that were sent, is read, and is dated when the message was accepted; there is one of it.
 * - Whatever becomes of it, the message itself is sent once, and its mailbox goes on sending.
 * - A lost answer is looked into before anything is filed again; a death between any two commits loses nothing.
 * - What cannot be filed waits, within bounds, and is then told of; none is filed where none is wanted.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClassifiedError } from '../../engine/errors/error-class.ts';
import { EmailStatus } from '../../engine/records/email.ts';
import { OutgoingBench } from './outgoing-bench.ts';
import { type AppendFate, ScriptedSentFolders } from './scripted-sent-folders.ts';
import { type Script, ScriptedSmtpServer } from './scripted-smtp-server.ts';

const benches: OutgoingBench[] = [];

afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function bench(emails: readonly string[] = ['e1'], script: Script = {}) {
  const made = await OutgoingBench.open(new ScriptedSmtpServer(script));
  benches.push(made);
  const folders = new ScriptedSentFolders();
  made.folders = folders;
  for (const id of emails)
    await made.queue({
      id,
      mailboxId: 'm1',
      subject: `subject ${id}`,
      to: [{ address: 'bob@example.org' }],
      bcc: [{ address: 'eve@example.org' }],
      textBody: `body of ${id}\n.\nend`,
    });
  const copies = async () => (await made.rows()).map(({ sentCopy }) => sentCopy);
  const states = async () => (await copies()).map((copy) => copy?.state);
  return { made, folders, copies, states };
}

const error = (kind: ClassifiedError['class'], more: Partial<ClassifiedError> = {}): ClassifiedError => ({
  class: kind,
  code: `imap-${kind}`,
  text: 'NO not now',
  phase: 'append',
  ...more,
});

it('files the bytes that were sent, read and dated, after the last of a batch', async () => {
  const { made, folders, copies } = await bench(['e1', 'e2']);
  const report = await made.cycle();
  expect(report).toMatchObject({ result: { processed: 2, error: undefined, more: false }, ended: undefined });
  expect(folders.connections).toBe(1);
  expect(folders.looks).toBe(0);
  expect(folders.filed.map(({ raw }) => raw.trimEnd())).toEqual(
    made.server.delivered.map(({ content }) => content.replace(/^\.\./gm, '.').trimEnd()),
  );
  const [row] = await made.rows();
  expect(folders.filed[0]).toMatchObject({
    path: 'Gesendet',
    flags: ['\\Seen'],
    internalDateMs: row?.attemptedOn,
  });
  expect(folders.filed[0]?.raw).not.toMatch(/eve@example/);
  expect(await copies()).toMatchObject([
    { state: 'done', attempts: 1 },
    { state: 'done', attempts: 1 },
  ]);
  await made.cycle();
  expect(folders.connections).toBe(1);
});

it('makes the folder where there is none', async () => {
  const { made, folders } = await bench();
  folders.list = [{ path: 'INBOX', delimiter: '/', selectable: true }];
  await made.cycle();
  expect(folders.created).toEqual(['Sent']);
  expect(folders.filed[0]?.path).toBe('Sent');
});

it('asks for a folder where there is none and none can be made, and files once it is there', async () => {
  const { made, folders, copies, states } = await bench();
  folders.list = [{ path: 'INBOX', delimiter: '/', selectable: true }];
  folders.makesFolders = false;
  await made.cycle();
  expect(await copies()).toMatchObject([{ state: 'due', reason: expect.stringMatching(/make one/) }]);
  expect(await made.alertCodes()).toEqual(['sent-copy-trouble']);
  folders.list = [...folders.list, { path: 'Sent', delimiter: '/', selectable: true }];
  await made.cycle();
  expect(await states()).toEqual(['done']);
  expect(await made.alertCodes()).toEqual([]);
});

describe('the answer is lost', () => {
  it.each([true, false])('and the copy is there: %s', async (filed) => {
    const { made, folders, copies } = await bench(['e1', 'e2']);
    folders.append = () => ({ error: error('transient', { code: 'connection-lost' }), filed });
    expect(await made.cycle()).toMatchObject({ result: { processed: 2, error: undefined } });
    expect(folders.appends).toBe(1);
    expect(await copies()).toMatchObject([
      { state: 'begun', attempts: 1, reason: 'connection-lost: NO not now' },
      { state: 'due', attempts: 0 },
    ]);
    expect(await made.alertCodes()).toEqual(['sent-copy-trouble']);
    folders.append = () => 'filed';
    await made.cycle();
    expect(folders.looks).toBe(1);
    expect(folders.filed).toHaveLength(2);
    expect((await copies()).map((copy) => copy?.state)).toEqual(['done', 'done']);
    expect(await made.alertCodes()).toEqual([]);
    expect(made.server.delivered).toHaveLength(2);
  });
});

it('gives up what is refused again and again, and leaves the others alone', async () => {
  const { made, folders, states } = await bench(['e1', 'e2']);
  folders.append = (raw) =>
    raw.includes('subject e1') ? { error: error('item-permanent'), filed: false } : 'filed';
  await made.cycle();
  expect(await states()).toEqual(['begun', 'done']);
  expect(await made.alertCodes()).toEqual([]);
  for (let n = 0; n < 4; n += 1) await made.cycle();
  expect(folders.appends).toBe(4);
  expect(await states()).toEqual(['given-up', 'done']);
  expect(await made.alertCodes()).toEqual(['sent-copy-missing']);
  expect(await made.statuses()).toEqual([EmailStatus.sent, EmailStatus.sent]);
  expect(made.server.delivered).toHaveLength(2);
});

it('gives up a copy that breaks each connection', async () => {
  const { made, folders, states } = await bench();
  made.settings = { ...made.settings, maximumDeliveryAttempts: 4 };
  folders.append = () => ({ error: error('transient'), filed: false });
  for (let n = 0; n < 6; n += 1) await made.cycle();
  expect(folders.appends).toBe(4);
  expect(await states()).toEqual(['given-up']);
  expect(made.server.delivered).toHaveLength(1);
});

it('waits as long as a server that slows it down says, which counts for nothing', async () => {
  const { made, folders, copies } = await bench();
  const retryAfterMs = 5 * made.settings.leaseMs;
  folders.append = () => ({ error: error('throttled', { retryAfterMs }), filed: false });
  expect(await made.cycle()).toMatchObject({ result: { error: undefined } });
  expect(await copies()).toMatchObject([{ attempts: 0 }]);
  expect(await made.alertCodes()).toEqual([]);
  folders.append = () => 'filed';
  await made.cycle();
  await made.cycle();
  expect(folders.filed).toEqual([]);
  await made.cycle();
  expect(folders.filed).toHaveLength(1);
});

it('goes on sending where nobody is let in, and files all once somebody is', async () => {
  const { made, folders, copies, states } = await bench(['e1', 'e2']);
  folders.connect = error('auth-dead', { phase: 'auth' });
  expect(await made.cycle()).toMatchObject({ result: { processed: 2, failed: 0, error: undefined } });
  for (let n = 0; n < 12; n += 1) await made.cycle();
  expect(await copies()).toMatchObject([
    { state: 'due', attempts: 0 },
    { state: 'due', attempts: 0 },
  ]);
  expect(await made.alertCodes()).toEqual(['sent-copy-trouble']);
  folders.connect = undefined;
  made.pass(5 * 60 * 60_000);
  await made.cycle();
  expect(await states()).toEqual(['done', 'done']);
  expect(await made.alertCodes()).toEqual([]);
});

it('gives up after five days without a way in', async () => {
  const { made, folders, states } = await bench();
  folders.connect = error('transient', { phase: 'connect' });
  await made.cycle();
  made.pass(5 * 24 * 60 * 60_000);
  await made.cycle();
  expect(await states()).toEqual(['given-up']);
  expect(await made.alertCodes()).toContain('sent-copy-missing');
});

it('files none where the provider does, or the mailbox wants none', async () => {
  const gmail = await bench();
  gmail.folders.filesSentItself = true;
  await gmail.made.cycle();
  const without = await bench();
  await without.made.change({ saveSentCopy: false });
  await without.made.cycle();
  expect([...(await gmail.states()), ...(await without.states())]).toEqual(['not-wanted', 'not-wanted']);
  expect([gmail.folders.appends, without.folders.connections]).toEqual([0, 0]);
});

it('lets go of what waits when the mailbox no longer wants it', async () => {
  const { made, folders, states } = await bench();
  folders.connect = error('transient', { phase: 'connect' });
  await made.cycle();
  await made.change({ saveSentCopy: false });
  await made.cycle();
  expect(await states()).toEqual(['not-wanted']);
  expect(await made.alertCodes()).toEqual([]);
});

it('files one copy of what reached its recipients one after the other, and none of what reached nobody', async () => {
  let tries = 0;
  const { made, folders, states } = await bench(['e1'], {
    rcpt: (address) => (address.startsWith('eve') && ++tries < 3 ? '450 4.2.1 later' : '250 ok'),
  });
  for (let n = 0; n < 3; n += 1) await made.cycle();
  expect(made.server.delivered).toHaveLength(2);
  expect(folders.appends).toBe(1);
  expect(await states()).toEqual(['done']);
  const refused = await bench(['e1'], { rcpt: () => '550 5.1.1 No' });
  await refused.made.cycle();
  expect(refused.folders.connections).toBe(0);
  expect(await refused.states()).toEqual([undefined]);
});

it('leaves a copy to the runner that took the mailbox over', async () => {
  const { made, folders } = await bench(['e1', 'e2']);
  made.before('beginSentCopy', () => made.stealLease());
  await made.cycle();
  expect(folders.appends).toBe(0);
  await made.cycle();
  expect(folders.filed).toHaveLength(2);
});

describe('killed and restarted', () => {
  const calls = ['recordSend', 'beginSentCopy', 'recordSentCopy'] as const;
  const moments = ['before', 'after'] as const;

  it.each(
    calls.flatMap((call) => moments.flatMap((moment) => [1, 2].map((nth) => [moment, call, nth] as const))),
  )('%s %s of message %i', async (moment, call, nth) => {
    const { made, folders, states } = await bench(['e1', 'e2', 'e3']);
    await made.killAt(call, moment, nth);
    for (let n = 0; n < 3; n += 1) await made.cycle();
    // Nobody knows whether that message reached anyone.
    const uncertain = call === 'recordSend' && moment === 'before' ? [nth - 1] : [];
    const expected = ['done', 'done', 'done'].map((state, index) =>
      uncertain.includes(index) ? undefined : state,
    );
    expect(await states()).toEqual(expected);
    expect(folders.filed).toHaveLength(3 - uncertain.length);
    expect(made.server.delivered).toHaveLength(3);
  });
});

it('whatever goes wrong and wherever it dies: one copy at most, sent once, and each ends', async () => {
  const lost = error('transient', { code: 'connection-lost' });
  const fate = fc.constantFrom<AppendFate>(
    'filed',
    { error: lost, filed: true },
    { error: lost, filed: false },
    { error: error('throttled', { retryAfterMs: 60_000 }), filed: false },
    { error: error('item-permanent'), filed: false },
    { error: error('auth-maybe'), filed: false },
  );
  const kill = fc.option(
    fc.record({
      call: fc.constantFrom('recordSend', 'beginSentCopy', 'recordSentCopy'),
      moment: fc.constantFrom('before', 'after'),
      nth: fc.integer({ min: 1, max: 2 }),
    }),
    { nil: undefined },
  );
  const day = fc.record({ fates: fc.tuple(fate, fate), kill, letIn: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 4 }), async (days) => {
      const { made, folders, copies } = await bench(['e1', 'e2']);
      for (const { fates, kill: death, letIn } of days) {
        let nth = 0;
        folders.append = () => fates[nth++ % 2] ?? 'filed';
        folders.connect = letIn ? undefined : error('transient', { phase: 'connect' });
        if (death === undefined) await made.cycle();
        else await made.killAt(death.call, death.moment, death.nth);
      }
      folders.append = () => 'filed';
      folders.connect = undefined;
      for (let n = 0; n < 3; n += 1) {
        made.pass(4 * 60 * 60_000);
        await made.cycle();
      }
      const filed = folders.filed.map(({ raw }) => /^Subject: subject (\w+)/m.exec(raw)?.[1]);
      expect(new Set(filed).size).toBe(filed.length);
      expect(new Set(made.subjects()).size).toBe(made.subjects().length);
      const done = (await made.rows()).filter(({ sentCopy }) => sentCopy?.state === 'done');
      const ended = ['done', 'given-up', undefined];
      expect((await copies()).every((copy) => ended.includes(copy?.state))).toBe(true);
      expect(done.every(({ id }) => filed.includes(id))).toBe(true);
    }),
    { numRuns: 60 },
  );
});
