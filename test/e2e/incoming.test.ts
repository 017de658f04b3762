/**
 * Policy: the engine's incoming cycle against the simulated POP3 server, judged by the server's own books.
 *
 * - Whatever fails and whenever: once it is over, the store has every message once, byte for byte, and nothing else.
 * - Nothing leaves the server that is not stored, and nothing at all where deletion was not asked for.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rule } from '../../simulators/index.ts';
import { pop3 as dovecotPop3 } from '../../simulators/profiles/dovecot-postfix/pop3.ts';
import { smtp } from '../../simulators/profiles/dovecot-postfix/smtp.ts';
import { pop3 as gmailPop3 } from '../../simulators/profiles/gmail-workspace/pop3.ts';
import { IncomingWorld } from './incoming-world.ts';

async function inWorld<T>(
  options: { readonly pop3?: typeof dovecotPop3; readonly rules?: readonly Rule[]; readonly seed?: number },
  main: (world: IncomingWorld) => Promise<T>,
): Promise<T> {
  const { pop3 = dovecotPop3, rules = [], seed = 1 } = options;
  const world = new IncomingWorld({ pop3, smtp, rules, seed });
  try {
    return await world.run(() => main(world));
  } finally {
    await world.end();
  }
}

async function expectEverythingOnce(world: IncomingWorld): Promise<void> {
  const { stored, delivered } = await world.books();
  expect(stored).toEqual(delivered);
}

it.each(['tls', 'starttls'] as const)('stores what was delivered, over %s', async (security) => {
  await inWorld({}, async (world) => {
    await world.setUp({ security });
    for (const subject of ['a', 'b', 'c']) world.deliver(subject);
    world.deliver('odd', 'bare\nline\n.feeds\n\r\n..dots\r\nno end');
    expect(await world.cycle()).toMatchObject({ processed: 4, failed: 0, error: undefined });
    expect(await world.cycle()).toMatchObject({ processed: 0, failed: 0, error: undefined });
    await expectEverythingOnce(world);
    expect(world.removed()).toBe(0);
  });
});

it('Gmail hides what was fetched: all of it is kept, and what is hidden is not taken for deleted', async () => {
  await inWorld({ pop3: gmailPop3 }, async (world) => {
    await world.setUp({ security: 'tls' });
    for (let n = 0; n < 300; n += 1) world.deliver(`m${n}`);
    for (let n = 0; n < 4; n += 1) expect((await world.cycle()).error).toBeUndefined();
    world.deliver('late');
    await world.cycle();
    await expectEverythingOnce(world);
    expect(world.removed()).toBe(0);
  });
});

it('any faults: everything once, and nothing deleted that is not stored', async () => {
  const commands = ['CAPA', 'USER', 'PASS', 'UIDL', 'LIST', 'RETR', 'DELE', 'QUIT'];
  const where = fc.oneof(
    fc.constantFrom<Rule['where']>(
      { protocol: 'pop3', phase: 'connect' },
      { protocol: 'pop3', phase: 'banner' },
      { protocol: 'pop3', phase: 'commit', command: 'QUIT' },
      { protocol: 'pop3', phase: 'committed', command: 'QUIT' },
      { protocol: 'pop3', phase: 'body', command: 'RETR' },
      { protocol: 'pop3', phase: 'body', command: 'UIDL' },
    ),
    fc.record({
      protocol: fc.constant('pop3' as const),
      phase: fc.constantFrom('command' as const, 'reply' as const),
      command: fc.constantFrom(...commands),
    }),
  );
  const what = fc.constantFrom<Rule['what']>(
    { kind: 'reset' },
    { kind: 'close' },
    { kind: 'half-open' },
    { kind: 'hang' },
    { kind: 'cut', afterShare: 0.5 },
    { kind: 'cut', afterBytes: 3 },
    { kind: 'reply', text: '-ERR [SYS/TEMP] later' },
    { kind: 'reply', text: '-ERR [IN-USE] locked', close: true },
    { kind: 'reply', text: '-ERR what' },
    { kind: 'garbage', text: 'HTTP/1.1 503 Service Unavailable' },
    { kind: 'slice', maxBytes: 3 },
    { kind: 'delay', delayMs: 30_000 },
  );
  const flip = fc.constantFrom('missing', 'doubled', 'changed', 'renumbered').map(
    (how): Pick<Rule, 'where' | 'what'> => ({
      where: { protocol: 'pop3', command: 'UIDL' },
      what: { kind: 'flip', field: 'UIDL', how: how as 'missing' },
    }),
  );
  const hits = fc.integer({ min: 1, max: 4 });
  const fault = fc.tuple(fc.record({ where, what }), hits);
  const trouble = fc.array(fc.oneof(fault, fc.tuple(flip, hits)), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(trouble, fc.boolean(), fc.nat(1_000), async (faults, deleting, seed) => {
      const rules = faults.map(
        ([{ where: at, what: does }, hit], n): Rule => ({
          id: `f${n}`,
          where: at,
          when: { hits: hit },
          what: does,
          expect: { atLeast: 0 },
        }),
      );
      await inWorld({ rules, seed }, async (world) => {
        await world.setUp({ security: 'tls', deleting });
        for (const subject of ['a', 'b', 'c']) world.deliver(subject);
        for (let n = 0; n < 3; n += 1) {
          await world.cycle();
          world.deliver(`later-${n}`);
        }
        world.heal();
        for (let n = 0; n < 5; n += 1) await world.cycle();
        await expectEverythingOnce(world);
        expect(await world.quarantined()).toBe(0);
        expect(world.removed()).toBe(deleting ? 6 : 0);
      });
    }),
    { numRuns: 300 },
  );
}, 60_000);
