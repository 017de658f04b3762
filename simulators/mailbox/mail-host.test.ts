/**
 * Policy: one mailbox behind every door. Messages keep their identity wherever they go, UIDs are never given twice,
 * snapshots do not change, and the books know of everything that ever happened.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedEntropy } from '../entropy/keyed-entropy.ts';
import type { TraceEvent } from '../trace/event.ts';
import { createMailHost, type MailboxSpec } from './create-mail-host.ts';
import type { MailboxChange } from './mailbox.ts';

function host(mailboxes: readonly MailboxSpec[] = [{ address: 'Anna@alpha.test', password: 'x' }]) {
  let nowMs = 1_000_000;
  const clock = { now: () => nowMs, setTimeout: () => ({}), clearTimeout: () => {} };
  const events: TraceEvent[] = [];
  const trace = { emit: (event: TraceEvent) => void events.push(event), subscribe: () => () => {} };
  const mail = createMailHost({
    domain: 'alpha.test',
    clock,
    entropy: new KeyedEntropy(1),
    trace,
    mailboxes,
  });
  const anna = mail.find('anna@ALPHA.test');
  if (anna === undefined) throw new Error('Addresses are found in any case.');
  const deliver = (text: string, folder?: string) =>
    mail.deliver(anna, {
      raw: Buffer.from(text),
      envelopeFrom: 'bob@beta.test',
      ...(folder === undefined ? {} : { folder }),
    });
  return {
    mail,
    anna,
    deliver,
    events,
    at: (ms: number): void => {
      nowMs = ms;
    },
  };
}

test('logins and aliases find one mailbox; two mailboxes cannot share one', () => {
  const { mail, anna } = host([{ address: 'anna@alpha.test', login: 'anna', aliases: ['info@alpha.test'] }]);
  expect([mail.find('ANNA'), mail.find('Info@alpha.test')]).toEqual([anna, anna]);
  expect(mail.isLocal('nobody@alpha.test')).toBe(true);
  expect(mail.isLocal('bob@beta.test')).toBe(false);
  expect(() =>
    host([{ address: 'anna@alpha.test' }, { address: 'b@alpha.test', aliases: ['anna@alpha.test'] }]),
  ).toThrow('claim anna@alpha.test');
});

test('credentials: passwords, and tokens that expire and are revoked', () => {
  const { mail, at } = host([
    { address: 'anna@alpha.test', password: 'right', tokens: [{ token: 't', expiresAtMs: 2_000_000 }] },
  ]);
  const reason = (kind: 'password' | 'token', secret: string): string | undefined => {
    const credential = kind === 'password' ? { kind, password: secret } : { kind, token: secret };
    const outcome = mail.signIn('anna@alpha.test', credential);
    return outcome.ok ? undefined : outcome.reason;
  };
  expect(reason('password', 'right')).toBeUndefined();
  expect(reason('password', 'wrong')).toBe('wrong-secret');
  expect(reason('token', 'other')).toBe('wrong-secret');
  at(1_999_999);
  expect(reason('token', 't')).toBeUndefined();
  at(2_000_000);
  expect(reason('token', 't')).toBe('expired-token');
  const mailbox = mail.find('anna@alpha.test');
  mailbox?.credentials.revokeAllTokens();
  expect(reason('token', 't')).toBe('revoked');
  mailbox?.credentials.setPassword('new');
  expect(reason('password', 'right')).toBe('wrong-secret');
  if (mailbox !== undefined) mailbox.credentials.disabled = true;
  expect(reason('password', 'new')).toBe('disabled');
  expect(mail.signIn('nobody', { kind: 'password', password: 'x' })).toEqual({
    ok: false,
    reason: 'unknown-login',
  });
});

test('a move keeps the id and gives a new UID; listeners hear of everything', () => {
  const { anna, deliver } = host();
  const changes: MailboxChange['kind'][] = [];
  const stop = anna.onChange(({ kind }) => changes.push(kind));
  const { id } = deliver('a');
  deliver('b');
  anna.move(id, 'Archive');
  anna.addFlag(id, '\\Seen');
  anna.remove([id], 'imap');
  anna.renumber();
  stop();
  deliver('c');
  expect(changes).toEqual(['arrived', 'arrived', 'moved', 'flags', 'removed', 'renumbered']);
  expect(anna.find(id)).toBeUndefined();
  expect(() => anna.move(id, 'INBOX')).toThrow(id);
});

test('the books: what came, what went and by whom, what was accepted, what left', () => {
  const { mail, anna, deliver, at, events } = host();
  const raw = Buffer.from('Message-Id: <1@alpha.test>\r\n\r\nx');
  const first = deliver('first');
  const second = deliver('second', 'Sent');
  at(2_000_000);
  anna.remove([first.id], 'pop3');
  const { truth } = mail;
  expect(truth.everDelivered('ANNA@alpha.test').map(({ id, folder }) => [id, folder])).toEqual([
    [first.id, 'INBOX'],
    [second.id, 'Sent'],
  ]);
  expect(truth.everDelivered(anna.address)[0]?.sha256).toBe(
    'a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e',
  );
  expect(truth.inventory(anna.address).map(({ id }) => id)).toEqual([second.id]);
  expect(truth.removals(anna.address)).toEqual([
    { mailbox: anna.address, id: first.id, folder: 'INBOX', by: 'pop3', atMs: 2_000_000 },
  ]);
  truth.recordSubmission({
    login: anna.address,
    connection: 'smtp#1',
    envelopeFrom: anna.address,
    recipients: [],
    raw,
    acknowledged: true,
  });
  expect(truth.acceptedBy('<1@alpha.test>')).toMatchObject([{ connection: 'smtp#1', atMs: 2_000_000 }]);
  mail.sendOutside('bob@beta.test', { raw, envelopeFrom: anna.address });
  expect(truth.outside).toMatchObject([{ address: 'bob@beta.test', messageId: '<1@alpha.test>' }]);
  expect(events.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'removed']);
});

test('UIDs only go up, kept snapshots stand still, and every message is in one place', () => {
  const step = fc.record({ do: fc.constantFrom('deliver', 'remove', 'move', 'flag'), n: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { anna, deliver, mail } = host();
      const ids: string[] = [];
      const given = new Map<string, string>();
      let snapshot = { entries: anna.inbox.entries, length: 0, ids: '' };
      for (const { do: what, n } of steps) {
        const id = ids[n % Math.max(1, ids.length)];
        if (what === 'deliver') ids.push(deliver(`m${ids.length}`).id);
        else if (id === undefined || anna.find(id) === undefined) continue;
        else if (what === 'remove') anna.remove([id], 'test');
        else if (what === 'flag') anna.addFlag(id, `k${n}`);
        else anna.move(id, n % 2 === 0 ? 'Archive' : 'INBOX');
        expect(
          snapshot.entries
            .slice(0, snapshot.length)
            .map(({ message }) => message.id)
            .join(),
        ).toBe(snapshot.ids);
        const { entries } = anna.inbox;
        snapshot = { entries, length: entries.length, ids: entries.map(({ message }) => message.id).join() };
        for (const folder of anna.folders) {
          const uids = folder.entries.map(({ uid }) => uid);
          expect(uids).toEqual([...uids].sort((a, b) => a - b));
          expect(uids.every((uid) => uid < folder.uidNext)).toBe(true);
          for (const { uid, message, modSeq } of folder.entries) {
            expect(anna.find(message.id)?.folder).toBe(folder);
            expect(modSeq).toBeLessThanOrEqual(folder.highestModSeq);
            const key = `${folder.name} ${uid}`;
            expect(given.get(key) ?? message.id).toBe(message.id);
            given.set(key, message.id);
          }
        }
      }
      const held = anna.folders.reduce((sum, { entries }) => sum + entries.length, 0);
      expect(mail.truth.inventory(anna.address)).toHaveLength(held);
      expect(mail.truth.everDelivered(anna.address)).toHaveLength(ids.length);
    }),
  );
});

test('ids depend on the mailbox and its own mail only', () => {
  const alone = host([{ address: 'anna@alpha.test' }]).deliver('x').id;
  const { mail, deliver } = host([{ address: 'other@alpha.test' }, { address: 'anna@alpha.test' }]);
  const other = mail.find('other@alpha.test');
  if (other !== undefined) mail.deliver(other, { raw: Buffer.from('y'), envelopeFrom: '' });
  expect(deliver('x').id).toBe(alone);
});
