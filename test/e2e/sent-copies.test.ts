/**
 * Policy: over a real conversation with an IMAP server there is one copy of what was sent in the folder the server calls
 * its Sent folder, whatever becomes of the conversation or the engine; the message itself leaves once.
 */
import { expect, it } from 'vitest';
import { EmailStatus } from '../../engine/records/email.ts';
import type { Rule } from '../../simulators/index.ts';
import { runSentCopyWorld, type SentCopyWorldEnd } from './sent-copy-world.ts';

const onAppend = (what: Rule['what'], hits?: number): Rule => ({
  id: 'append',
  where: { protocol: 'imap', command: 'APPEND' },
  ...(hits !== undefined && { when: { hits } }),
  what,
});
const states = ({ rows }: SentCopyWorldEnd) => rows.map(({ sentCopy }) => sentCopy?.state);

it('files the bytes that were sent, read and dated, over one connection', async () => {
  const end = await runSentCopyWorld({ emails: ['one', 'two'] });
  expect(states(end)).toEqual(['done', 'done']);
  expect(end.filed.map(({ raw }) => raw)).toEqual(end.submitted.map((raw) => raw));
  const second = 1_000;
  for (const [index, { flags, atMs }] of end.filed.entries()) {
    expect(flags).toContain('\\Seen');
    expect(atMs).toBe(Math.floor((end.rows[index]?.sentCopy?.datedOn ?? 0) / second) * second);
  }
  expect(end.peakImap).toBe(1);
  expect(end.alertCodes).toEqual([]);
  expect(end.leaks).toEqual([]);
});

it.each<[string, Rule['what']]>([
  ['filed, the answer lost', { kind: 'commit-then-drop' }],
  ['cut before it was filed', { kind: 'reset' }],
])('looks before it files again: %s', async (_name, what) => {
  const end = await runSentCopyWorld({ rules: [onAppend(what, 1)] });
  expect(states(end)).toEqual(['done']);
  expect(end.filed).toHaveLength(1);
  expect(end.submitted).toHaveLength(1);
  expect(end.appends).toBe(what.kind === 'reset' ? 2 : 1);
  expect(end.alertCodes).toEqual([]);
});

it('gives up what the server refuses for good, says so, and sends nothing again (nextcloud mail, status 11)', async () => {
  const text = 'NO [TOOBIG] Message is larger than this server takes';
  const end = await runSentCopyWorld({ rules: [onAppend({ kind: 'reply', text })], minutes: 24 * 60 });
  expect(states(end)).toEqual(['given-up']);
  expect(end.rows[0]?.status).toBe(EmailStatus.sent);
  expect(end.submitted).toHaveLength(1);
  expect(end.alertCodes).toContain('sent-copy-missing');
});

it('leaves it to a provider that files what it sends (thunderbird-android#7134)', async () => {
  const end = await runSentCopyWorld({ profile: 'gmail-consumer', domain: 'outlook.com' });
  expect(states(end)).toEqual(['not-wanted']);
  expect(end.appends).toBe(0);
});

it('is not asked for by a mailbox that wants none', async () => {
  const end = await runSentCopyWorld({ saveSentCopy: false });
  expect(states(end)).toEqual(['not-wanted']);
  expect(end.peakImap).toBe(0);
});

it('dies at any moment of it, and there is one copy of what is known to be sent', async () => {
  for (let diesAtMs = 40; diesAtMs < 2_000; diesAtMs += 40) {
    const end = await runSentCopyWorld({ diesAtMs, minutes: 30 });
    const sent = end.rows[0]?.status === EmailStatus.sent;
    expect([diesAtMs, end.filed.length, end.submitted.length]).toEqual([diesAtMs, sent ? 1 : 0, 1]);
  }
});
