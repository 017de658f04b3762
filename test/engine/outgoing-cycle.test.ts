/**
 * Policy, for whole cycles over real TCP and the real store:
 *
 * - Oldest first, at most one batch, over one connection at a time; one that ended between two messages is renewed.
 * - Nobody gets a second copy, unless a person asked for it; nobody is forgotten without a word.
 * - A throttle or an outage ends the cycle and costs the queue nothing; one bad message leaves the others alone.
 * - Killed at any commit and restarted, the engine ends where an unkilled run ends, but for a kill between handing
 *   over and hearing the reply, which ends Uncertain.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { EmailStatus, type NewEmail } from '../../engine/records/email.ts';
import { OutgoingBench } from './outgoing-bench.ts';
import { type Script, ScriptedSmtpServer, type Step } from './scripted-smtp-server.ts';

const benches: OutgoingBench[] = [];

afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function bench(script: Script = {}, emails: readonly string[] = ['e1'], to = ['bob@example.org']) {
  const made = await OutgoingBench.open(new ScriptedSmtpServer(script));
  benches.push(made);
  for (const id of emails) await made.queue(email(id, to));
  return made;
}

function email(id: string, to: readonly string[]): NewEmail {
  return {
    id,
    mailboxId: 'm1',
    subject: `subject ${id}`,
    to: to.map((address) => ({ address })),
    textBody: `body of ${id}`,
  };
}

it('sends oldest first, over one connection, and writes the end with the last record', async () => {
  const world = await bench({}, ['e1', 'e2', 'e3']);
  const report = await world.cycle();
  expect(report).toMatchObject({ result: { processed: 3, failed: 0, error: undefined, more: false } });
  expect(report?.ended).toBeDefined();
  expect(world.subjects()).toEqual(['subject e1', 'subject e2', 'subject e3']);
  expect(world.server.connections).toBe(1);
  expect(await world.statuses()).toEqual([EmailStatus.sent, EmailStatus.sent, EmailStatus.sent]);
});

it('with nothing to send it connects to nobody', async () => {
  const world = await bench({}, []);
  expect(await world.cycle()).toMatchObject({ result: { processed: 0 }, ended: undefined });
  expect(world.server.connections).toBe(0);
});

it('sends no more than a batch, and says there is more', async () => {
  const world = await bench({}, ['e1', 'e2', 'e3']);
  world.settings = { ...world.settings, backgroundSendBatchSize: 2 };
  expect(await world.cycle()).toMatchObject({ result: { processed: 2, more: true } });
  expect(await world.cycle()).toMatchObject({ result: { processed: 1, more: false } });
});

it('a connection closed after every second message costs a connection, not a message', async () => {
  let taken = 0;
  const world = await bench({}, ['e1', 'e2', 'e3', 'e4', 'e5']);
  world.server.script = {
    finalDot: () => {
      taken += 1;
      return taken % 2 === 0 ? { say: '250 2.0.0 taken\r\n', cut: 'after-reply' } : '250 2.0.0 taken';
    },
  };
  expect(await world.cycle()).toMatchObject({ result: { processed: 5, failed: 0, error: undefined } });
  expect(world.server.connections).toBe(3);
  expect(world.server.openAtMost).toBe(1);
  expect(world.server.delivered).toHaveLength(5);
});

it('a 421 for an idle connection costs a connection, not a message', async () => {
  let first = true;
  const world = await bench({}, ['e1', 'e2']);
  world.server.script = {
    mail: (n) => {
      if (n !== 2 || !first) return '250 ok';
      first = false;
      return { say: '421 4.4.2 mx.example.org Error: timeout exceeded\r\n', cut: 'after-reply' };
    },
  };
  expect(await world.cycle()).toMatchObject({ result: { processed: 2, error: undefined } });
  expect(world.server.delivered).toHaveLength(2);
});

it('a throttle ends the cycle, keeps the attempts, and leaves the rest for later', async () => {
  const world = await bench(
    { finalDot: (n) => (n === 2 ? '432 4.3.2 Concurrent connections limit exceeded.' : '250 ok') },
    ['e1', 'e2', 'e3'],
  );
  const report = await world.cycle();
  expect(report).toMatchObject({ result: { processed: 1, failed: 0, error: { class: 'throttled' } } });
  expect(report?.ended).toBeDefined();
  expect(await world.rows()).toMatchObject([
    { status: EmailStatus.sent, deliveryAttempts: 1 },
    { status: EmailStatus.pendingSend, deliveryAttempts: 0 },
    { status: EmailStatus.pendingSend, deliveryAttempts: 0 },
  ]);
  world.server.script = {};
  await world.cycle();
  expect(world.subjects()).toEqual(['subject e1', 'subject e2', 'subject e3']);
});

it('a refused login ends the cycle before any row is touched', async () => {
  const world = await bench({ auth: '535 5.7.3 Authentication unsuccessful' }, ['e1', 'e2']);
  const report = await world.cycle();
  expect(report).toMatchObject({ result: { processed: 0, error: { class: 'auth-maybe', phase: 'auth' } } });
  expect(report?.ended).toBeUndefined();
  expect(await world.rows()).toMatchObject([{ deliveryAttempts: 0 }, { deliveryAttempts: 0 }]);
});

it('a message refused for good leaves the others alone, and RSET clears what it left', async () => {
  const world = await bench({ rcpt: (_, n) => (n === 1 ? '550 5.1.1 No such user' : '250 ok') }, [
    'e1',
    'e2',
  ]);
  expect(await world.cycle()).toMatchObject({ result: { processed: 1, failed: 1, error: undefined } });
  expect(await world.statuses()).toEqual([EmailStatus.failed, EmailStatus.sent]);
  expect(world.server.commands).toContain('RSET');
  expect(await world.alertCodes()).toEqual(['send-failed']);
});

it('a recipient refused for now is tried alone, with the same bytes', async () => {
  const world = await bench(
    { rcpt: (address, n) => (n === 1 && address.startsWith('cy') ? '450 4.2.1 later' : '250 ok') },
    ['e1'],
    ['bob@example.org', 'cy@example.org'],
  );
  await world.cycle();
  expect(await world.statuses()).toEqual([EmailStatus.pendingSend]);
  await world.cycle();
  expect(await world.statuses()).toEqual([EmailStatus.sent]);
  const [first, second] = world.server.delivered;
  expect([first?.to, second?.to]).toEqual([['bob@example.org'], ['cy@example.org']]);
  expect(second?.content).toBe(first?.content);
});

it('more recipients than the server takes at a time are served in rounds, however many', async () => {
  const everyone = Array.from({ length: 7 }, (_, n) => `r${n}@example.org`);
  const world = await bench({}, ['e1'], everyone);
  const takenBy = new Map<number, number>();
  world.server.script = {
    rcpt: (_, n) => {
      takenBy.set(n, (takenBy.get(n) ?? 0) + 1);
      return (takenBy.get(n) ?? 0) > 2 ? '452 4.5.3 Too many recipients' : '250 ok';
    },
  };
  world.settings = { ...world.settings, maximumDeliveryAttempts: 2 };
  for (let n = 0; n < 4; n += 1) await world.cycle();
  expect(await world.statuses()).toEqual([EmailStatus.sent]);
  expect(world.server.delivered.map((delivery) => delivery.to.length)).toEqual([2, 2, 2, 1]);
});

it('a row deferred again and again fails at its last attempt, with an alert', async () => {
  const world = await bench({ rcpt: () => '450 4.2.1 later' });
  world.settings = { ...world.settings, maximumDeliveryAttempts: 3 };
  for (let n = 0; n < 3; n += 1) {
    expect(await world.statuses()).toEqual([EmailStatus.pendingSend]);
    await world.cycle();
  }
  expect(await world.statuses()).toEqual([EmailStatus.failed]);
  expect(await world.alertCodes()).toEqual(['send-failed']);
});

it('an answer lost after the final dot is Uncertain, and never sent again by itself', async () => {
  const world = await bench({ finalDot: (n) => (n === 1 ? { cut: 'before-reply' } : '250 ok') }, [
    'e1',
    'e2',
  ]);
  await world.cycle();
  await world.cycle();
  await world.cycle();
  expect(await world.statuses()).toEqual([EmailStatus.uncertain, EmailStatus.sent]);
  expect(world.subjects()).toEqual(['subject e1', 'subject e2']);
  expect(await world.alertCodes()).toEqual(['send-uncertain']);
});

it('sent again by a person, it goes to those who were not served, and to nobody else', async () => {
  const world = await bench(
    { rcpt: (address) => (address.startsWith('cy') ? '550 5.1.1 No such user' : '250 ok') },
    ['e1'],
    ['bob@example.org', 'cy@example.org'],
  );
  await world.cycle();
  expect(await world.statuses()).toEqual([EmailStatus.failed]);
  world.server.script = {};
  await world.resend('e1');
  await world.cycle();
  expect(await world.statuses()).toEqual([EmailStatus.sent]);
  expect(world.server.delivered.map((delivery) => delivery.to)).toEqual([
    ['bob@example.org'],
    ['cy@example.org'],
  ]);
});

it('a message larger than the server takes fails by itself, before it is sent', async () => {
  const ehlo = '250-scripted\r\n250-AUTH PLAIN\r\n250 SIZE 1000';
  const world = await bench({ ehlo }, []);
  await world.queue({ ...email('large', ['bob@example.org']), textBody: 'x'.repeat(5_000) });
  await world.queue(email('small', ['bob@example.org']));
  await world.cycle();
  expect(await world.statuses()).toEqual([EmailStatus.failed, EmailStatus.sent]);
});

it('addresses no server can be given fail alone; a domain beyond ASCII goes as Punycode', async () => {
  const world = await bench({}, ['e1'], ['bob@exämple.org', 'jürgen@example.org', 'a b@example.org']);
  await world.cycle();
  expect(world.server.delivered.map((delivery) => delivery.to)).toEqual([['bob@xn--exmple-cua.org']]);
  const [row] = await world.rows();
  expect(row?.recipients.map((recipient) => [recipient.outcome, recipient.reply?.slice(0, 9)])).toEqual([
    ['accepted', '250 2.0.0'],
    ['refused', '553 5.6.7'],
    ['refused', '553 5.1.3'],
  ]);
});

it('an abort ends the cycle at once, and what was not handed over stays in the queue', async () => {
  const world = await bench({ data: () => ({ silent: true }) }, ['e1', 'e2']);
  const running = world.cycle();
  await world.server.seen('DATA');
  world.abort();
  expect(await running).toMatchObject({ result: { processed: 0, error: undefined } });
  expect(await world.rows()).toMatchObject([
    { status: EmailStatus.pendingSend, deliveryAttempts: 0 },
    { status: EmailStatus.pendingSend, deliveryAttempts: 0 },
  ]);
});

it('a runner that lost its lease lets nothing leave', async () => {
  const world = await bench({}, ['e1']);
  world.before('markHanded', () => world.stealLease());
  const report = await world.cycle();
  expect(report?.ended).toBeUndefined();
  expect(world.server.delivered).toEqual([]);
});

describe('killed and restarted', () => {
  const phases = ['beginSending', 'markHanded', 'recordSend'] as const;
  const moments = ['before', 'after'] as const;

  it.each(
    phases.flatMap((phase) =>
      moments.flatMap((moment) => [1, 2].map((nth) => [moment, phase, nth] as const)),
    ),
  )('%s %s of message %i', async (moment, phase, nth) => {
    const world = await bench({}, ['e1', 'e2', 'e3']);
    await world.killAt(phase, moment, nth);
    const answerLost =
      (phase === 'markHanded' && moment === 'after') || (phase === 'recordSend' && moment === 'before');
    for (let n = 0; n < 3; n += 1) await world.cycle();
    const expected = [EmailStatus.sent, EmailStatus.sent, EmailStatus.sent];
    expect(await world.statuses()).toEqual(
      answerLost
        ? expected.map((status, index) => (index === nth - 1 ? EmailStatus.uncertain : status))
        : expected,
    );
    const copies = world.subjects();
    expect(new Set(copies).size).toBe(copies.length);
    expect(await world.alertCodes()).toEqual(answerLost ? ['send-uncertain'] : []);
  });
});

it('whatever goes wrong and wherever it dies: never two copies, and every row ends or waits', async () => {
  const cut: Step = { cut: 'before-reply' };
  const fault = fc.constantFrom<Script>(
    { greeting: cut },
    { auth: '454 4.7.0 Too many login attempts, please try again later.' },
    { mail: () => cut },
    { mail: () => '452 4.3.1 Insufficient system resources' },
    { rcpt: (address) => (address.startsWith('cy') ? '550 5.1.1 No' : '250 ok') },
    { rcpt: (address) => (address.startsWith('bob') ? '450 4.2.1 later' : '250 ok') },
    { rcpt: () => cut },
    { data: () => cut },
    { data: () => '421 4.3.0 Temporary System Problem.  Try again later (10).' },
    { finalDot: () => cut },
    { finalDot: () => '554 5.6.0 malformed' },
    { finalDot: () => ({ say: '25', cut: 'after-reply' }) },
    { ehlo: '250-scripted\r\n250-PIPELINING\r\n250 AUTH PLAIN', rcpt: () => '550 5.1.1 No' },
    {},
  );
  const kill = fc.option(
    fc.record({
      phase: fc.constantFrom('beginSending', 'markHanded', 'recordSend'),
      moment: fc.constantFrom('before', 'after'),
      nth: fc.integer({ min: 1, max: 2 }),
    }),
    { nil: undefined },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fault, kill), { minLength: 1, maxLength: 4 }), async (days) => {
      const world = await bench({}, ['e1', 'e2'], ['bob@example.org', 'cy@example.org']);
      for (const [script, death] of days) {
        world.server.script = script;
        if (death === undefined) await world.cycle();
        else await world.killAt(death.phase, death.moment, death.nth);
      }
      world.server.script = {};
      for (let n = 0; n < 3; n += 1) await world.cycle();
      const copies = world.server.delivered.flatMap(({ to, content }) =>
        to.map((address) => `${address} ${/^Subject: (.*)$/m.exec(content)?.[1]}`),
      );
      expect(new Set(copies).size).toBe(copies.length);
      for (const row of await world.rows()) {
        expect([EmailStatus.sent, EmailStatus.failed, EmailStatus.uncertain]).toContain(row.status);
        for (const { address, outcome } of row.recipients) {
          const copy = copies.includes(`${address} ${row.subject}`);
          if (outcome === 'accepted') expect(copy).toBe(true);
          if (outcome === 'refused') expect(copy).toBe(false);
        }
      }
    }),
    { numRuns: 60 },
  );
});
