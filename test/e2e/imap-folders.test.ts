/**
 * Policy: folders that are tracked over IMAP, judged by what their owner did to them and to the messages in them.
 *
 * - A message that is moved is the same message, one that is copied another, and under several labels of Gmail it is one.
 * - A tracked folder is the one that was chosen, whatever it is called; what is put into it is tracked, what is taken out
 *   is let go of.
 * - Trouble with one folder keeps the others from nothing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../engine/records/settings.ts';
import type { Rule } from '../../simulators/index.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';
import { IncomingWorld } from './incoming-world.ts';

const { pop3, smtp } = loadProfile('dovecot-postfix');
const minute = 60_000;

async function inWorld<T>(
  options: {
    readonly profile?: Parameters<typeof loadProfile>[0];
    readonly rules?: readonly Rule[];
    readonly seed?: number;
    readonly settings?: Partial<Settings>;
  },
  main: (world: IncomingWorld) => Promise<T>,
): Promise<T> {
  const { profile = 'dovecot-postfix', rules = [], seed = 1, settings = {} } = options;
  const { imap } = loadProfile(profile);
  const world = new IncomingWorld({ pop3, imap, smtp, rules, seed, settings });
  try {
    return await world.run(async () => {
      await world.setUp({ security: 'tls' });
      return main(world);
    });
  } finally {
    await world.end();
  }
}

/** Subjects of what is stored, each as often as it is stored. */
async function stored(world: IncomingWorld): Promise<readonly string[]> {
  return (await world.received()).map(({ subject = '' }) => subject).sort();
}

const profiles = ['dovecot-postfix', 'exchange-online', 'yahoo', 'gmail-workspace'] as const;

describe.each(profiles)('%s', (profile) => {
  it('tracks what is put into a folder, and lets go of what is taken out, one record each', async () => {
    await inWorld({ profile }, async (world) => {
      const { mailbox } = world;
      mailbox.createFolder('Cases');
      await world.track('Cases', 'case 1');
      for (const subject of ['a', 'b', 'c']) world.deliver(subject);
      await world.cycle();
      expect((await world.trackedFolders()).map(({ path, status }) => [path, status])).toEqual([
        ['Cases', 'valid'],
      ]);
      mailbox.move(world.idOf('a'), 'Cases');
      await world.cycle();
      expect(await world.tracked()).toEqual({
        a: ['folder case 1'],
        b: ['automatic'],
        c: ['automatic'],
      });
      mailbox.createFolder('Other');
      mailbox.move(world.idOf('b'), 'Cases');
      mailbox.move(world.idOf('a'), 'Other');
      await world.cycle();
      // All that the folder had is gone: that is believed when it was seen twice.
      await world.cycle();
      expect(await world.tracked()).toMatchObject({ a: ['no'], b: ['folder case 1'] });
      mailbox.move(world.idOf('b'), 'INBOX');
      await world.cycle();
      await world.cycle();
      expect(await world.tracked()).toMatchObject({ a: ['no'], b: ['no'], c: ['automatic'] });
      mailbox.move(world.idOf('a'), 'Cases');
      await world.cycle();
      expect(await world.tracked()).toMatchObject({ a: ['folder case 1'], b: ['no'] });
      expect(await stored(world)).toEqual(['a', 'b', 'c']);
    });
  });

  it('follows a renamed folder, also where another takes its name', async () => {
    await inWorld({ profile }, async (world) => {
      const { mailbox } = world;
      mailbox.createFolder('Cases');
      await world.track('Cases');
      for (const subject of ['a', 'b', 'c']) world.deliver(subject);
      mailbox.move(world.idOf('a'), 'Cases');
      await world.cycle();
      mailbox.renameFolder(mailbox.folder('Cases')!, 'Matters');
      mailbox.move(world.idOf('b'), 'Matters');
      await world.cycle();
      expect(await world.tracked()).toMatchObject({ a: ['folder'], b: ['folder'] });
      mailbox.renameFolder(mailbox.folder('Matters')!, 'Old');
      mailbox.createFolder('Matters');
      mailbox.move(world.idOf('c'), 'Matters');
      await world.cycle();
      await world.cycle();
      expect((await world.trackedFolders()).map(({ path }) => path)).toEqual(['Old']);
      expect(await world.tracked()).toEqual({ a: ['folder'], b: ['folder'], c: ['automatic'] });
      expect(await stored(world)).toEqual(['a', 'b', 'c']);
    });
  });

  it('UIDs of a tracked folder issued anew change nothing', async () => {
    await inWorld({ profile }, async (world) => {
      const { mailbox } = world;
      mailbox.createFolder('Cases');
      await world.track('Cases');
      for (const subject of ['a', 'b']) world.deliver(subject);
      mailbox.move(world.idOf('a'), 'Cases');
      await world.cycle();
      mailbox.renumber({ folder: 'Cases', keepUidValidity: profile === 'yahoo' });
      for (let n = 0; n < 3; n += 1) await world.cycle();
      expect(await world.tracked()).toEqual({ a: ['folder'], b: ['automatic'] });
      expect(await stored(world)).toEqual(['a', 'b']);
    });
  });

  it('says once that a folder is gone, keeps what it had, and goes on when it is there again', async () => {
    await inWorld({ profile }, async (world) => {
      const { mailbox } = world;
      mailbox.createFolder('Cases');
      await world.track('Cases');
      world.deliver('a');
      world.deliver('b');
      mailbox.move(world.idOf('a'), 'Cases');
      await world.cycle();
      mailbox.deleteFolder(mailbox.folder('Cases')!, 'owner');
      expect((await world.cycle()).error).toBeUndefined();
      expect(await world.alerts()).toEqual(['tracking-folder-invalid']);
      expect((await world.trackedFolders()).map(({ status }) => status)).toEqual(['invalid']);
      expect(await world.tracked()).toEqual({ a: ['folder'], b: ['automatic'] });
      mailbox.createFolder('Cases');
      mailbox.move(world.idOf('b'), 'Cases');
      await world.wait(60 * minute);
      await world.cycle();
      expect(await world.alerts()).toEqual([]);
      expect(await world.tracked()).toMatchObject({ b: ['folder'] });
      expect(await stored(world)).toEqual(['a', 'b']);
    });
  });
});

it.each(['dovecot-postfix', 'exchange-online', 'yahoo'] as const)(
  '%s: a copy is a message of its own, in whichever folder it is seen first',
  async (profile) => {
    await inWorld({ profile }, async (world) => {
      const { mailbox } = world;
      mailbox.createFolder('Cases');
      await world.track('Cases');
      for (const subject of ['a', 'b']) world.deliver(subject);
      await world.cycle();
      mailbox.copy(world.idOf('a'), 'Cases');
      await world.cycle();
      expect(await stored(world)).toEqual(['a', 'a', 'b']);
      mailbox.copy(world.idOf('a'), 'INBOX');
      for (let n = 0; n < 3; n += 1) await world.cycle();
      expect(await stored(world)).toEqual(['a', 'a', 'a', 'b']);
    });
  },
);

it('Gmail: one record of a message under several labels, whichever come and go', async () => {
  await inWorld({ profile: 'gmail-workspace' }, async (world) => {
    const { mailbox } = world;
    for (const name of ['Cases', 'Matters']) {
      mailbox.createFolder(name);
      await world.track(name);
    }
    for (const subject of ['a', 'b']) world.deliver(subject);
    mailbox.copy(world.idOf('a'), 'Cases');
    await world.cycle();
    mailbox.copy(world.idOf('a'), 'Matters');
    mailbox.copy(world.idOf('b'), 'Matters');
    await world.cycle();
    mailbox.renumber();
    for (let n = 0; n < 3; n += 1) await world.cycle();
    expect(await stored(world)).toEqual(['a', 'b']);
    expect(await world.tracked()).toEqual({ a: ['folder'], b: ['folder'] });
    // Two deliveries of the same bytes are two messages all the same.
    world.deliver('a');
    for (let n = 0; n < 2; n += 1) await world.cycle();
    expect(await stored(world)).toEqual(['a', 'a', 'b']);
  });
});

it('Gmail: what is stored is not fetched again under another label, nor when its UIDs were issued anew', async () => {
  await inWorld({ profile: 'gmail-workspace' }, async (world) => {
    const { mailbox } = world;
    mailbox.createFolder('Cases');
    await world.track('Cases', 'case 1');
    for (let n = 0; n < 8; n += 1) world.deliver(`m${n}`);
    await world.cycle();
    for (let n = 0; n < 8; n += 1) mailbox.copy(world.idOf(`m${n}`), 'Cases');
    const before = world.commands.length;
    expect(await world.cycle()).toMatchObject({ processed: 8, error: undefined });
    expect(Object.values(await world.tracked())).toEqual(Array(8).fill(['folder case 1']));
    mailbox.renumber();
    mailbox.renumber({ folder: 'Cases' });
    for (let n = 0; n < 3; n += 1) await world.cycle();
    expect(world.commands.slice(before).filter((one) => one.includes('BODY'))).toEqual([]);
    expect(Object.values(await world.tracked())).toEqual(Array(8).fill(['folder case 1']));
    expect(await stored(world)).toHaveLength(8);
  });
});

it('names folders by their path from the top or from the Inbox on, whatever stands between the names', async () => {
  await inWorld({}, async (world) => {
    const { mailbox } = world;
    for (const name of ['INBOX/Cases', 'Projects/2026']) mailbox.createFolder(name);
    for (const path of ['Cases', 'Projects/2026', 'Nowhere', 'inbox']) await world.track(path);
    await world.cycle();
    const found = (await world.trackedFolders()).map(({ path, status }) => [path, status]);
    expect(found).toEqual([
      ['Cases', 'valid'],
      ['Projects/2026', 'valid'],
      ['Nowhere', 'invalid'],
      ['inbox', 'invalid'],
    ]);
    expect(await world.alerts()).toEqual(['tracking-folder-invalid']);
  });
});

it('a folder that is tracked no more is forgotten, and known again when it is tracked again', async () => {
  await inWorld({}, async (world) => {
    const { mailbox } = world;
    mailbox.createFolder('Cases');
    await world.track('Cases', 'case 1');
    world.deliver('a');
    mailbox.move(world.idOf('a'), 'Cases');
    await world.cycle();
    await world.untrack('Cases');
    expect(await world.ledgerSize()).toBe(0);
    world.deliver('b');
    mailbox.move(world.idOf('b'), 'Cases');
    await world.cycle();
    await world.track('Cases', 'case 2');
    await world.cycle();
    expect(await stored(world)).toEqual(['a', 'b']);
    expect(await world.ledgerSize()).toBe(2);
  });
});

it('a change of its regarding reaches what the folder has', async () => {
  await inWorld({}, async (world) => {
    world.mailbox.createFolder('Cases');
    await world.track('Cases', 'case 1');
    world.deliver('a');
    world.mailbox.move(world.idOf('a'), 'Cases');
    await world.cycle();
    await world.track('Cases', 'case 2');
    await world.cycle();
    expect(await world.tracked()).toEqual({ a: ['folder case 2'] });
  });
});

it('a flood in the Inbox does not keep a tracked folder waiting', async () => {
  await inWorld({ settings: { incomingMaximumEmailsPerCycle: 5 } }, async (world) => {
    world.mailbox.createFolder('Cases');
    await world.track('Cases');
    await world.cycle();
    for (let n = 0; n < 40; n += 1) world.deliver(`flood ${n}`);
    world.deliver('case');
    world.mailbox.move(world.idOf('case'), 'Cases');
    await world.cycle();
    await world.cycle();
    expect(await stored(world)).toContain('case');
    for (let n = 0; n < 10; n += 1) await world.cycle();
    expect(await stored(world)).toHaveLength(41);
  });
});

it('a server that does not list its folders keeps nobody from the Inbox', async () => {
  const rule: Rule = {
    id: 'no-list',
    where: { protocol: 'imap', phase: 'reply', command: 'LIST' },
    when: { hits: { from: 1, to: 2 } },
    what: { kind: 'reply', text: 'NO LIST failed.' },
  };
  await inWorld({ rules: [rule] }, async (world) => {
    world.mailbox.createFolder('Cases');
    await world.track('Cases');
    for (const subject of ['a', 'b']) world.deliver(subject);
    world.mailbox.move(world.idOf('b'), 'Cases');
    expect(await world.cycle()).toMatchObject({ processed: 1, error: undefined });
    await world.cycle();
    expect(await world.cycle()).toMatchObject({ processed: 1, error: undefined });
    expect(world.idleRules()).toEqual([]);
    expect(await stored(world)).toEqual(['a', 'b']);
  });
});

it('a folder that cannot be opened is told of, and the others go on', async () => {
  const rule: Rule = {
    id: 'in-use',
    where: { protocol: 'imap', phase: 'reply', command: 'SELECT' },
    when: { hits: 5 },
    what: { kind: 'reply', text: 'NO [INUSE] Mailbox is in use.' },
  };
  await inWorld({ rules: [rule] }, async (world) => {
    for (const name of ['Cases', 'Matters']) {
      world.mailbox.createFolder(name);
      await world.track(name);
    }
    await world.cycle();
    for (const subject of ['a', 'b']) {
      world.deliver(subject);
      world.mailbox.move(world.idOf(subject), subject === 'a' ? 'Cases' : 'Matters');
    }
    expect((await world.cycle()).error).toBeUndefined();
    expect(await world.alerts()).toEqual(['tracking-folder-unread']);
    expect(await stored(world)).toEqual(['b']);
    await world.cycle();
    expect(await world.alerts()).toEqual([]);
    expect(await stored(world)).toEqual(['a', 'b']);
  });
});

it('a quiet cycle asks each folder for its counters, and nothing else', async () => {
  await inWorld({}, async (world) => {
    world.mailbox.createFolder('Cases');
    await world.track('Cases');
    world.deliver('a');
    await world.cycle();
    const before = world.commands.length;
    await world.cycle();
    expect(world.commands.slice(before).map((one) => one.split(' ')[0])).toEqual(['STATUS', 'STATUS']);
  });
});

it('whatever an owner does to messages and folders, and whatever fails: each message once', async () => {
  const act = fc.oneof(
    fc.record({
      do: fc.constantFrom('move' as const, 'copy' as const),
      which: fc.nat({ max: 9 }),
      to: fc.constantFrom('INBOX', 'Cases', 'Matters', 'Other'),
    }),
    fc.record({ do: fc.constant('remove' as const), which: fc.nat({ max: 9 }) }),
    fc.record({ do: fc.constant('deliver' as const) }),
    fc.record({ do: fc.constant('renumber' as const), folder: fc.constantFrom('INBOX', 'Cases', 'Matters') }),
    fc.record({ do: fc.constant('rename' as const), folder: fc.constantFrom('Cases', 'Matters') }),
    fc.record({ do: fc.constant('cycle' as const) }),
  );
  const fault = fc.record({
    command: fc.constantFrom('SELECT', 'UID SEARCH', 'UID FETCH', 'STATUS', 'LIST'),
    what: fc.constantFrom<Rule['what']>(
      { kind: 'reset' },
      { kind: 'cut', afterShare: 0.5 },
      { kind: 'reply', text: 'NO [INUSE] later' },
      { kind: 'reply', text: 'NO what' },
    ),
    hits: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 14 }),
      fc.array(fault, { maxLength: 3 }),
      fc.constantFrom(...profiles),
      fc.nat(1_000),
      async (acts, faults, profile, seed) => {
        const rules = faults.map(
          ({ command, what, hits }, n): Rule => ({
            ...{ id: `f${n}`, what, when: { hits }, expect: { atLeast: 0 } },
            where: { protocol: 'imap', phase: 'reply', command },
          }),
        );
        await inWorld({ profile, rules, seed }, async (world) => {
          const { mailbox } = world;
          const labels = mailbox.labels;
          const paths = new Map(['Cases', 'Matters', 'Other'].map((name) => [name, name]));
          for (const name of paths.keys()) mailbox.createFolder(name);
          for (const name of ['Cases', 'Matters']) await world.track(name);
          const ids: string[] = [];
          const expected = new Map<string, number>();
          const deliver = (subject: string): void => {
            world.deliver(subject);
            ids.push(world.idOf(subject));
            expected.set(subject, (expected.get(subject) ?? 0) + 1);
          };
          for (const subject of ['a', 'b', 'c']) deliver(subject);
          await world.cycle();
          await world.cycle();
          for (const one of acts) {
            if (one.do === 'cycle') await world.cycle();
            else if (one.do === 'deliver') {
              deliver(`late ${ids.length}`);
              await world.cycle();
              await world.cycle();
            } else if (one.do === 'renumber') mailbox.renumber({ folder: paths.get(one.folder) ?? 'INBOX' });
            else if (one.do === 'rename') {
              const from = paths.get(one.folder)!;
              paths.set(one.folder, `${from}.`);
              mailbox.renameFolder(mailbox.folder(from)!, `${from}.`);
            } else {
              const id = ids[one.which % ids.length]!;
              const place = mailbox.find(id);
              if (place === undefined) continue;
              if (one.do === 'remove') mailbox.remove([id], 'owner');
              else if (one.do === 'move') mailbox.move(id, paths.get(one.to) ?? 'INBOX');
              else if (!labels) {
                const copied = mailbox.copy(id, paths.get(one.to) ?? 'INBOX');
                ids.push(copied.message.id);
              } else mailbox.copy(id, paths.get(one.to) ?? 'INBOX');
            }
          }
          world.heal();
          for (let n = 0; n < 3; n += 1) await world.cycle();
          await world.wait(60 * minute);
          for (let n = 0; n < 3; n += 1) await world.cycle();
          const had = new Map<string, number>();
          for (const subject of await stored(world)) had.set(subject, (had.get(subject) ?? 0) + 1);
          // One that was renamed and renumbered before anybody looked cannot be known again, and is told of.
          const found = (await world.trackedFolders()).filter(({ status }) => status === 'valid');
          const followed = ['INBOX', ...found.flatMap(({ path }) => path ?? [])];
          expect(await world.alerts()).toEqual(found.length < 2 ? ['tracking-folder-invalid'] : []);
          // What is in a followed folder now is stored, as often as it is there; nothing more often than it ever was.
          const there = new Map<string, Set<string>>();
          for (const path of followed)
            for (const { message } of mailbox.folder(path)!.entries) {
              const subject = /^Subject: (.*)\r$/m.exec(message.raw.toString('latin1'))![1]!;
              there.set(subject, (there.get(subject) ?? new Set()).add(message.id));
            }
          for (const [subject, messages] of there)
            expect(had.get(subject) ?? 0, subject).toBeGreaterThanOrEqual(messages.size);
          const copies = acts.filter((one) => one.do === 'copy').length;
          for (const [subject, count] of had)
            expect(count, subject).toBeLessThanOrEqual((expected.get(subject) ?? 0) + (labels ? 0 : copies));
          if (copies === 0 && faults.length === 0)
            for (const [subject, count] of expected) expect(had.get(subject)).toBe(count);
          expect(await world.quarantined()).toBe(0);
        });
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 40) },
  );
}, 120_000);
