/**
 * Policy, for whole cycles over real TCP and the real store:
 *
 * - Every message of the maildrop is stored once, whatever happens to its UIDL, to the connection or to the process.
 * - A quiet cycle takes few round trips and writes nothing but its end.
 * - One bad message leaves the others alone, and is seen by a person; a bad connection is nobody's bad message.
 * - On the server nothing is deleted that is not stored, byte for byte, and nothing where deletion was not asked for.
 * - Killed at any write and restarted, the engine ends where an unkilled run ends.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Mailbox } from '../../engine/records/mailbox.ts';
import { IncomingBench } from './incoming-bench.ts';
import { type Maildrop, type Pop3Script, ScriptedPop3Server } from './scripted-pop3-server.ts';

const benches: IncomingBench[] = [];

afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

async function bench(maildrop: readonly Maildrop[], mailbox: Partial<Mailbox> = {}, script: Pop3Script = {}) {
  const capa = ['USER', 'UIDL', 'TOP', 'PIPELINING'];
  const made = await IncomingBench.open(new ScriptedPop3Server({ capa, ...script }, maildrop), mailbox);
  benches.push(made);
  return made;
}

function message(subject: string, uidl = `uidl-${subject}`, extra = ''): Maildrop {
  return {
    uidl,
    bytes: `Subject: ${subject}\r\nFrom: bob@example.org\r\n${extra}\r\nbody of ${subject}\r\n.\r\n`,
  };
}

const abc = [message('a'), message('b'), message('c')];

describe('ordinary cycles', () => {
  it('store what is there, oldest first, byte for byte, with the end in the last commit', async () => {
    const world = await bench(abc);
    const report = await world.cycle();
    expect(report).toMatchObject({ result: { processed: 3, failed: 0, error: undefined, more: false } });
    expect(report.ended).toBeDefined();
    expect(await world.subjects()).toEqual(['a', 'b', 'c']);
    const [first] = await world.store.receivedEmails('m1');
    expect(Buffer.from((await world.store.emailRaw(first!.id))!).toString()).toBe(abc[0]?.bytes);
    expect(world.writes).toEqual(['beginItems', 'commitIncoming']);
    expect(world.heard).toEqual(['a', 'b', 'c']);
    expect(world.server.last.quit).toBe(true);
  });

  it('take three round trips and write nothing but their end when there is nothing new', async () => {
    const world = await bench(abc);
    await world.cycle();
    world.writes.length = 0;
    expect(await world.cycle()).toMatchObject({ result: { processed: 0, error: undefined } });
    expect(world.server.last.writes).toEqual([['USER ann', 'PASS s3cret-word'], ['UIDL'], ['QUIT']]);
    expect(world.writes).toEqual([]);
  });

  it('take what is new by identity, whatever numbers the messages have now', async () => {
    const world = await bench(abc);
    await world.cycle();
    world.server.maildrop = [message('d'), abc[2]!, abc[1]!];
    expect(await world.cycle()).toMatchObject({ result: { processed: 1 } });
    expect(await world.subjects()).toEqual(['a', 'b', 'c', 'd']);
    expect(Object.keys(await world.ledger())).toEqual(['uidl-b', 'uidl-c', 'uidl-d']);
  });

  it('keep to the bounds of a cycle, and come to the rest later', async () => {
    const world = await bench(abc);
    world.settings = { ...world.settings, incomingMaximumEmailsPerCycle: 2 };
    expect(await world.cycle()).toMatchObject({ result: { processed: 2, more: true } });
    expect(await world.cycle()).toMatchObject({ result: { processed: 1, more: false } });
    world.server.maildrop = [...abc, message('d'), message('e')];
    world.settings = { ...world.settings, incomingMaximumBytesPerCycle: 10 };
    expect(await world.cycle()).toMatchObject({ result: { processed: 1, more: true } });
  });

  it('commit by the page', async () => {
    const world = await bench(abc);
    world.settings = { ...world.settings, incomingCommitEvery: 2 };
    await world.cycle();
    expect(world.writes).toEqual(['beginItems', 'commitIncoming', 'beginItems', 'commitIncoming']);
  });

  it('leave out what came before the date set, without fetching it', async () => {
    const dated = (subject: string, day: number) =>
      message(subject, undefined, `Received: by mx; ${day} Mar 2026 00:00:00 +0000\r\n`);
    const world = await bench([dated('old', 1), dated('new', 3), message('undated')], {
      processEmailReceivedAfter: Date.UTC(2026, 2, 2),
    });
    await world.cycle();
    expect(await world.subjects()).toEqual(['new', 'undated']);
    expect(world.server.last.commands.filter((line) => line.startsWith('RETR'))).toEqual([
      'RETR 2',
      'RETR 3',
    ]);
    expect(await world.ledger()).toMatchObject({ 'uidl-old': 'skipped' });
  });

  it('leave it out also where the server has no TOP', async () => {
    const old = message('old', undefined, 'Date: 1 Mar 2026 00:00:00 +0000\r\n');
    const world = await bench([old, message('b')], { processEmailReceivedAfter: Date.UTC(2026, 2, 2) });
    world.server.script.answer = (line) => (line.startsWith('TOP') ? '-ERR unknown command\r\n' : undefined);
    expect(await world.cycle()).toMatchObject({ result: { processed: 1, failed: 0 } });
    expect(await world.ledger()).toMatchObject({ 'uidl-old': 'skipped', 'uidl-b': 'stored' });
  });
});

describe('identity', () => {
  it('UIDLs all issued anew import nothing a second time', async () => {
    const world = await bench(abc);
    await world.cycle();
    world.server.maildrop = abc.map((each) => ({ ...each, uidl: `new-${each.uidl}` }));
    await world.cycle();
    await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'b', 'c']);
    expect(await world.ledger()).toEqual({
      'new-uidl-a': 'duplicate',
      'new-uidl-b': 'duplicate',
      'new-uidl-c': 'duplicate',
    });
  });

  it('equal bytes side by side are two messages, also when their UIDLs are issued anew', async () => {
    const twin = { ...abc[0]!, uidl: 'twin' };
    const world = await bench([abc[0]!, twin]);
    await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'a']);
    world.server.maildrop = ['x', 'y', 'z'].map((uidl) => ({ ...twin, uidl }));
    await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'a', 'a']);
  });

  it('one UIDL for two messages makes neither disappear', async () => {
    const world = await bench([message('a', 'same'), message('b', 'same')]);
    await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'b']);
    expect(await world.cycle()).toMatchObject({ result: { processed: 0 } });
  });

  it('a UIDL given to two messages for a while leaves each of them once', async () => {
    const world = await bench([message('a', 'ub'), message('b', 'ub')]);
    await world.cycle();
    world.server.maildrop = [message('a', 'ua'), message('b', 'ub')];
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'b']);
  });

  it('a UIDL that a second message gets later leaves each of them once', async () => {
    const world = await bench([message('a', 'ua'), message('b', 'ub')]);
    await world.cycle();
    world.server.maildrop = [message('a', 'ub'), message('b', 'ub')];
    await world.cycle();
    world.server.maildrop = [message('a', 'ua'), message('b', 'ub')];
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'b']);
  });

  it('a twin that gets the UIDL of the first, as servers do that make it of the content, is stored', async () => {
    const world = await bench([message('a', 'hash-a')]);
    await world.cycle();
    world.server.maildrop = [message('a', 'hash-a'), message('a', 'hash-a')];
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'a']);
  });

  it('UIDLs that change places while another message takes one over leave each of them once', async () => {
    const world = await bench([message('a', 'ua'), message('b', 'ub')]);
    await world.cycle();
    world.server.maildrop = [message('a', 'ub'), message('b', 'uc'), message('c', 'ua')];
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect((await world.subjects()).sort()).toEqual(['a', 'b', 'c']);
    world.server.maildrop = [message('a', 'ua'), message('b', 'ub'), message('c', 'uc')];
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect((await world.subjects()).sort()).toEqual(['a', 'b', 'c']);
  });

  it('one that had the UIDL of another for a while is fetched when it has it to itself', async () => {
    const world = await bench([message('a', 'shared'), message('b', 'shared')]);
    world.server.script.answer = (line) => (line === 'RETR 2' ? '-ERR [SYS/TEMP] later\r\n' : undefined);
    await world.cycle();
    expect(await world.subjects()).toEqual(['a']);
    world.server.script.answer = () => undefined;
    world.server.maildrop = [message('b', 'shared')];
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'b']);
    expect(await world.ledger()).toEqual({ shared: 'stored' });
  });

  it('a twin is a copy of its own even where the server will not show the first again', async () => {
    const world = await bench([message('a', 'ua')]);
    world.settings = { ...world.settings, maxItemStrikes: 2 };
    await world.cycle();
    world.server.maildrop = [message('a', 'ua'), message('a', 'twin')];
    world.server.script.answer = (line) =>
      line === 'RETR 1' ? '-ERR [SYS/TEMP] disk trouble\r\n' : undefined;
    await world.cycle();
    expect(await world.subjects()).toEqual(['a']);
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'a']);
    expect(await world.store.quarantine('m1')).toEqual([]);
  });

  it('an empty listing is believed when it comes twice, and what comes back is known', async () => {
    const world = await bench(abc);
    await world.cycle();
    world.server.maildrop = [];
    await world.cycle();
    expect(Object.keys(await world.ledger())).toHaveLength(3);
    await world.cycle();
    expect(Object.keys(await world.ledger())).toHaveLength(0);
    world.server.maildrop = abc;
    await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'b', 'c']);
  });

  it.each(['UIDL', 'UIDL and TOP'])('a server without %s imports everything once', async (lacking) => {
    const world = await bench(abc);
    world.server.script.answer = (line) =>
      lacking.includes(line.split(' ')[0]!) ? '-ERR unknown command\r\n' : undefined;
    await world.cycle();
    world.server.maildrop = [abc[2]!, abc[1]!, message('d')];
    expect(await world.cycle()).toMatchObject({ result: { processed: 1 } });
    expect(await world.subjects()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('a server that refuses UIDL today and gave it yesterday is in trouble, and not believed', async () => {
    const world = await bench(abc);
    await world.cycle();
    world.server.script.answer = (line) => (line === 'UIDL' ? '-ERR not now\r\n' : undefined);
    expect(await world.cycle()).toMatchObject({
      result: { processed: 0, error: { class: 'transient', code: 'pop3-uidl-refused' } },
    });
    expect(Object.keys(await world.ledger())).toHaveLength(3);
  });
});

describe('a bad message', () => {
  it('is tried a set number of times, then in quarantine where a person sees it; the others go on', async () => {
    const world = await bench(abc);
    world.settings = { ...world.settings, maxItemStrikes: 3 };
    world.plugIn = (subject) =>
      subject === 'b' ? Promise.reject(new Error('not this one')) : Promise.resolve();
    expect(await world.cycle()).toMatchObject({ result: { processed: 2, failed: 1 } });
    expect(world.server.last.quit).toBe(false);
    expect(await world.alertCodes()).toEqual([]);
    expect(await world.cycle()).toMatchObject({ result: { processed: 0, failed: 1 } });
    expect(await world.cycle()).toMatchObject({ result: { processed: 0, failed: 1 } });
    expect(world.server.last.quit).toBe(true);
    expect(await world.ledger()).toMatchObject({ 'uidl-b': 'quarantined' });
    expect(await world.store.quarantine('m1')).toMatchObject([
      { itemId: 'uidl-b', strikes: 3, reason: 'not this one' },
    ]);
    expect(await world.alertCodes()).toEqual(['item-quarantined']);
    expect(await world.subjects()).toEqual(['a', 'c']);
    expect(await world.cycle()).toMatchObject({ result: { processed: 0, failed: 0 } });
  });

  it('is in quarantine once, also when every UIDL is issued anew', async () => {
    const world = await bench(abc);
    world.settings = { ...world.settings, maxItemStrikes: 2 };
    world.plugIn = (subject) => (subject === 'b' ? Promise.reject(new Error('no')) : Promise.resolve());
    for (let n = 0; n < 2; n += 1) await world.cycle();
    world.server.maildrop = abc.map((each) => ({ ...each, uidl: `new-${each.uidl}` }));
    for (let n = 0; n < 4; n += 1) await world.cycle();
    expect(await world.store.quarantine('m1')).toMatchObject([{ itemId: 'new-uidl-b' }]);
  });

  it('that kills the process is found, and takes nobody with it', async () => {
    const world = await bench(abc);
    world.settings = { ...world.settings, maxItemStrikes: 3 };
    for (let life = 0; life < 10; life += 1) {
      let poisoned = false;
      world.plugIn = (subject) => {
        poisoned ||= subject === 'b';
        return subject === 'b' ? new Promise<void>(() => undefined) : Promise.resolve();
      };
      const cycle = world.killWhen(() => poisoned);
      if (!(await cycle)) break;
    }
    expect(await world.subjects()).toEqual(['a', 'c']);
    expect(await world.ledger()).toMatchObject({ 'uidl-b': 'quarantined' });
  });

  it('larger than the limit is left on the server, with an alert', async () => {
    const big = { uidl: 'big', bytes: `Subject: big\r\n\r\n${'x'.repeat(5000)}\r\n` };
    const world = await bench([abc[0]!, big, abc[1]!]);
    world.settings = { ...world.settings, incomingEmailMaximumSizeLimitBytes: 1000 };
    expect(await world.cycle()).toMatchObject({ result: { processed: 2, failed: 0, error: undefined } });
    expect(await world.ledger()).toMatchObject({ big: 'skipped' });
    expect(await world.alertCodes()).toEqual(['item-too-large']);
    expect(world.server.last.commands).not.toContain('RETR 2');
  });

  it('larger than the server announced is left as well, and the rest comes with the next cycle', async () => {
    const big = { uidl: 'big', bytes: `Subject: big\r\n\r\n${'x'.repeat(5000)}\r\n` };
    const world = await bench([abc[0]!, big, abc[1]!]);
    world.settings = { ...world.settings, incomingEmailMaximumSizeLimitBytes: 1000 };
    world.server.script.answer = (line) =>
      line === 'LIST' ? '+OK\r\n1 10\r\n2 10\r\n3 10\r\n.\r\n' : undefined;
    expect(await world.cycle()).toMatchObject({ result: { processed: 1, error: undefined, more: true } });
    expect(await world.cycle()).toMatchObject({ result: { processed: 1, error: undefined } });
    expect(await world.ledger()).toMatchObject({ big: 'skipped' });
    expect(await world.subjects()).toEqual(['a', 'b']);
  });

  it('that the server will not give is quarantined only while it gives others', async () => {
    const world = await bench(abc);
    world.settings = { ...world.settings, maxItemStrikes: 2 };
    world.server.script.answer = (line) =>
      line.startsWith('RETR') ? '-ERR [SYS/TEMP] disk trouble\r\n' : undefined;
    for (let n = 0; n < 4; n += 1) {
      expect(await world.cycle()).toMatchObject({ result: { failed: 0, error: { class: 'transient' } } });
    }
    expect(await world.ledger()).toEqual({});
    world.server.script.answer = (line) =>
      line === 'RETR 2' ? '-ERR [SYS/TEMP] disk trouble\r\n' : undefined;
    expect(await world.cycle()).toMatchObject({ result: { processed: 2, failed: 1, error: undefined } });
    world.server.maildrop = [...abc, message('d')];
    await world.cycle();
    expect(await world.ledger()).toMatchObject({ 'uidl-b': 'quarantined' });
    expect(await world.subjects()).toEqual(['a', 'c', 'd']);
  });

  const refusal = '-ERR [SYS/TEMP] disk trouble\r\n';
  const cut = { say: '+OK\r\nSubj', end: 'close' } as const;
  it.each([
    ['refuses', refusal],
    ['breaks off at', cut],
  ])(
    'that the server %s for long is asked for less and less often, and stored when it comes',
    async (_, answer) => {
      const world = await bench(abc);
      const windowMs = 2 * world.settings.leaseMs;
      world.settings = {
        ...world.settings,
        maxItemStrikes: 2,
        quarantineRetryMs: 2 * windowMs,
        quarantineRetryMaxMs: 8 * windowMs,
      };
      let asked = 0;
      world.server.script.answer = (line) => {
        if (line !== 'RETR 2') return undefined;
        asked += 1;
        return answer;
      };
      for (let n = 0; (await world.ledger())['uidl-b'] !== 'quarantined'; n += 1) {
        world.server.maildrop = [...world.server.maildrop, message(`more ${n}`)];
        await world.cycle();
        expect(n).toBeLessThan(10);
      }
      const alone = (await world.subjects()).length;
      const [alert] = await world.store.alerts({ open: true });
      expect(alert).toMatchObject({
        code: 'item-quarantined',
        text: expect.stringContaining('again by itself'),
      });
      const asks: number[] = [];
      for (let n = 1; n <= 32; n += 1) {
        asked = 0;
        // Alone in its session, and yet no trouble of the mailbox: it was found to be the message's.
        expect(await world.cycle()).toMatchObject({ result: { error: undefined } });
        if (asked > 0) asks.push(n);
      }
      expect(asks).toEqual([2, 6, 14, 22, 30]);
      expect(await world.store.quarantine('m1')).toHaveLength(1);
      expect(await world.store.alerts({ open: true })).toEqual([alert]);
      world.server.script.answer = () => undefined;
      for (let n = 33; n <= 38; n += 1) await world.cycle();
      expect((await world.subjects()).slice(alone)).toEqual(['b']);
      expect(await world.store.quarantine('m1')).toEqual([]);
      expect(await world.store.alerts({ open: true })).toEqual([]);
    },
  );

  it('that the server would not give and a plug-in then refuses has all its strikes, and stays', async () => {
    const world = await bench(abc);
    world.settings = { ...world.settings, maxItemStrikes: 2, quarantineRetryMs: 1, quarantineRetryMaxMs: 1 };
    world.plugIn = (subject) =>
      subject === 'b' ? Promise.reject(new Error('no b today')) : Promise.resolve();
    world.server.script.answer = (line) => (line === 'RETR 2' ? refusal : undefined);
    await world.cycle();
    world.server.maildrop = [...abc, message('d')];
    await world.cycle();
    expect(await world.ledger()).toMatchObject({ 'uidl-b': 'quarantined' });
    world.server.script.answer = () => undefined;
    await world.cycle();
    expect(await world.ledger()).toMatchObject({ 'uidl-b': 'begun' });
    await world.cycle();
    expect(await world.store.quarantine('m1')).toMatchObject([{ strikes: 2, reason: 'no b today' }]);
    world.plugIn = () => Promise.resolve();
    for (let n = 0; n < 3; n += 1) await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'c', 'd']);
    expect(await world.store.alerts({ open: true })).toHaveLength(1);
  });
});

describe('a bad connection', () => {
  it('cut in the middle of a message stores no part of it, and later the whole', async () => {
    const world = await bench(abc);
    let cut = 1;
    world.server.script.answer = (line) =>
      line === 'RETR 2' && cut-- > 0 ? { say: '+OK\r\nSubject: b\r\n', end: 'close' } : undefined;
    expect(await world.cycle()).toMatchObject({
      result: { processed: 1, error: { class: 'transient', code: 'connection-lost', phase: 'retr' } },
    });
    expect(await world.subjects()).toEqual(['a']);
    expect(await world.cycle()).toMatchObject({ result: { processed: 2, error: undefined } });
    expect((await world.subjects()).sort()).toEqual(['a', 'b', 'c']);
  });

  it('that cuts whatever is fetched first makes nobody a bad message', async () => {
    const world = await bench(abc);
    world.settings = { ...world.settings, maxItemStrikes: 2 };
    world.server.script.answer = (line) =>
      line.startsWith('RETR') ? { say: '+OK\r\nSubj', end: 'reset' } : undefined;
    for (let n = 0; n < 4; n += 1) await world.cycle();
    world.server.script.answer = () => undefined;
    await world.cycle();
    expect((await world.subjects()).sort()).toEqual(['a', 'b', 'c']);
  });

  it('cut in the middle of the listing proves nothing gone', async () => {
    const world = await bench(abc);
    await world.cycle();
    world.server.script.answer = (line) =>
      line === 'UIDL' ? { say: '+OK\r\n1 uidl-a\r\n', end: 'close' } : undefined;
    expect(await world.cycle()).toMatchObject({
      result: { error: { code: 'connection-lost', phase: 'uidl' } },
    });
    expect(Object.keys(await world.ledger())).toHaveLength(3);
  });

  it('at login is told by class, and what was remembered of the server is forgotten', async () => {
    const world = await bench(abc);
    await world.cycle();
    world.server.script.answer = (line) => (line.startsWith('PASS') ? '-ERR [IN-USE] locked\r\n' : undefined);
    expect(await world.cycle()).toMatchObject({
      result: { error: { class: 'transient', code: 'pop3-in-use' }, memo: undefined },
      ended: undefined,
    });
    world.server.script.answer = () => undefined;
    await world.cycle();
    expect(world.server.last.commands[0]).toBe('CAPA');
  });

  it('that still works is ended in order whatever was refused, so that no lock is left behind', async () => {
    const world = await bench(abc);
    world.server.script.answer = (line) => (line === 'LIST' ? '-ERR [SYS/TEMP] later\r\n' : undefined);
    expect(await world.cycle()).toMatchObject({ result: { error: { class: 'transient' } } });
    expect(world.server.last.quit).toBe(true);
  });

  it('a login that came too soon waits as long as the server said it would have to', async () => {
    const world = await bench(abc, {}, { capa: ['USER', 'LOGIN-DELAY 900'] });
    await world.cycle();
    world.server.script.answer = (line) =>
      line.startsWith('PASS')
        ? '-ERR [LOGIN-DELAY] minimum time between mail checks violation\r\n'
        : undefined;
    expect(await world.cycle()).toMatchObject({
      result: { error: { class: 'throttled', retryAfterMs: 900_000 } },
    });
  });
});

describe('delete after processing', () => {
  const deleting = { processAndDeleteEmails: true };

  it('deletes what is stored, once QUIT confirms it', async () => {
    const world = await bench(abc, deleting);
    expect(await world.cycle()).toMatchObject({ result: { processed: 3, error: undefined } });
    expect(world.server.maildrop).toEqual([]);
    expect(await world.subjects()).toEqual(['a', 'b', 'c']);
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect(await world.ledger()).toEqual({});
  });

  it('is not done where it was not asked for', async () => {
    const world = await bench(abc);
    await world.cycle();
    expect(world.server.last.commands.some((line) => line.startsWith('DELE'))).toBe(false);
  });

  it('a lost answer to QUIT is settled by the next listing', async () => {
    const world = await bench(abc, deleting);
    world.server.script.answer = (line, visit) => {
      if (line !== 'QUIT') return undefined;
      world.server.maildrop = world.server.maildrop.filter((_, index) => !visit.marked.has(index + 1));
      return { say: '', end: 'reset' };
    };
    expect(await world.cycle()).toMatchObject({ result: { processed: 3, error: { phase: 'quit' } } });
    world.server.script.answer = () => undefined;
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'b', 'c']);
    expect(await world.ledger()).toEqual({});
  });

  it('that the server did not carry out is repeated', async () => {
    const world = await bench(abc, deleting);
    world.server.script.answer = (line) => (line === 'QUIT' ? { say: '', end: 'reset' } : undefined);
    await world.cycle();
    expect(world.server.maildrop).toHaveLength(3);
    world.server.script.answer = () => undefined;
    expect(await world.cycle()).toMatchObject({ result: { processed: 0, error: undefined } });
    expect(world.server.maildrop).toEqual([]);
    expect(await world.subjects()).toEqual(['a', 'b', 'c']);
  });

  it('that is refused each time is asked for a set number of times, then left to a person', async () => {
    const world = await bench(abc, deleting);
    world.settings = { ...world.settings, maxItemStrikes: 3 };
    world.server.script.answer = (line) => (line === 'DELE 1' ? '-ERR not yours\r\n' : undefined);
    for (let n = 0; n < 3; n += 1) {
      expect(await world.alertCodes()).toEqual([]);
      await world.cycle();
    }
    expect(world.server.maildrop.map(({ uidl }) => uidl)).toEqual(['uidl-a']);
    expect(await world.alertCodes()).toEqual(['item-undeleted']);
    await world.cycle();
    expect(world.server.last.commands.filter((line) => /^(RETR|DELE)/.test(line))).toEqual([]);
    world.server.script.answer = () => undefined;
    await world.store.setWorkloadEnabled('m1', 'incoming', true, 0);
    await world.cycle();
    expect(world.server.maildrop).toEqual([]);
    expect(await world.subjects()).toEqual(['a', 'b', 'c']);
  });

  it('never hits another message that got the UIDL in between', async () => {
    const world = await bench([abc[0]!], deleting);
    world.server.script.answer = (line) => (line === 'QUIT' ? { say: '', end: 'reset' } : undefined);
    await world.cycle();
    world.server.script.answer = () => undefined;
    world.server.maildrop = [message('other', abc[0]?.uidl)];
    await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'other']);
  });

  it('waits while a message of the session is not settled', async () => {
    const world = await bench(abc, deleting);
    world.plugIn = (subject) => (subject === 'b' ? Promise.reject(new Error('no')) : Promise.resolve());
    await world.cycle();
    expect(world.server.maildrop).toHaveLength(3);
    world.plugIn = () => Promise.resolve();
    await world.cycle();
    expect(world.server.maildrop).toEqual([]);
    expect((await world.subjects()).sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('the end of a cycle', () => {
  it('comes promptly when it is asked for, and costs only the message in work a strike', async () => {
    const world = await bench(abc);
    world.plugIn = (subject) => {
      if (subject === 'b') world.abort();
      return subject === 'b' ? new Promise<void>(() => undefined) : Promise.resolve();
    };
    expect(await world.cycle()).toMatchObject({ result: { processed: 1, failed: 1, error: undefined } });
    const strikes = [...(await world.store.itemLedger('m1')).values()].map((row) => [
      row.itemId,
      row.strikes,
    ]);
    expect(strikes).toEqual([
      ['uidl-a', 0],
      ['uidl-b', 1],
      ['uidl-c', 0],
    ]);
    world.plugIn = () => Promise.resolve();
    await world.cycle();
    expect(await world.subjects()).toEqual(['a', 'c', 'b']);
  });

  it('comes promptly while the server is silent, and is no failure of the server', async () => {
    const world = await bench(abc);
    world.server.script.answer = (line) => {
      if (line !== 'UIDL') return undefined;
      world.abort();
      return { silent: true };
    };
    expect(await world.cycle()).toMatchObject({ result: { processed: 0, failed: 0, error: undefined } });
  });

  it('is silent when a later runner has taken over, and nothing is written', async () => {
    const world = await bench(abc);
    world.plugIn = (subject) => (subject === 'a' ? world.stealLease() : Promise.resolve());
    const report = await world.cycle();
    expect(report).toMatchObject({ result: { error: { code: 'lease-lost' } }, ended: undefined });
    expect(await world.subjects()).toEqual([]);
    expect(world.heard).toEqual([]);
  });
});

describe('killed at any write and restarted', () => {
  it('ends where an unkilled run ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(
          fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('before' as const, 'after' as const)),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        async (processAndDeleteEmails, kills) => {
          const drop = [...abc, { ...abc[0]!, uidl: 'twin' }];
          const world = await bench(drop, { processAndDeleteEmails });
          world.settings = { ...world.settings, incomingCommitEvery: 2 };
          for (const [nth, moment] of kills) await world.killAt(nth, moment);
          for (let n = 0; n < 4; n += 1) await world.cycle();
          expect((await world.subjects()).sort()).toEqual(['a', 'a', 'b', 'c']);
          expect(world.server.maildrop).toHaveLength(processAndDeleteEmails ? 0 : 4);
        },
      ),
      { numRuns: 40 },
    );
  });
});
