import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rule } from '../rules/rule.ts';
import { matcherOf } from './folders/list-pattern.ts';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';
import { isWithin, rangesOf } from './wire/sequence-set.ts';

// Policy: a client that talks too long, too deep, too large or too fast costs the server a bounded amount of memory and
// time, hears why, and loses nothing of what it was allowed to say.

const { maxLineBytes } = fullProfile;

function selected(rules: readonly Rule[] = []) {
  const world = stage(fullProfile, { rules });
  world.deliver('Subject: 1\r\n\r\none\r\n');
  const talk = world.signIn();
  talk.say('s SELECT INBOX');
  return { world, talk };
}

test('the texts of a command together are no longer than a line may be', () => {
  const { talk } = selected();
  const piece = `${' '.repeat(1000)}{0+}`;
  const said = talk.say(
    `a SEARCH SUBJECT ${Array.from({ length: maxLineBytes / 1000 + 5 }, () => piece).join('\r\n')}`,
  );
  expect(said).toBe('* BYE Input buffer full, aborting\r\n');
  expect(talk.over).toBe('end');
});

test('literals of a command together are bounded, and before sign-in much more so', () => {
  const { talk, world } = selected();
  const half = 'x'.repeat(40_000);
  const keys = (size: number) => `SUBJECT {${size}+}\r\n${half.slice(0, size)}`;
  expect(talk.say(`a SEARCH ${keys(30_000)} ${keys(30_000)}`)).toMatch(/^a OK /m);
  expect(talk.say(`b SEARCH ${keys(40_000)} ${keys(40_000)}`)).toBe('b BAD [TOOBIG] Literal too large.\r\n');
  const stranger = world.connect({ encrypted: true });
  stranger.heard();
  expect(stranger.say('a LOGIN {8192}')).toBe('+ OK\r\n');
  const other = world.connect({ encrypted: true });
  other.heard();
  expect(other.say('a LOGIN {8193}')).toBe('a BAD [TOOBIG] Literal too large.\r\n');
});

test('a literal that is not wanted is thrown away as it comes, and the next command is understood', () => {
  const { talk } = selected();
  const mebibyte = Buffer.alloc(1 << 20, 65);
  expect(talk.say(`a APPEND INBOX {${3 * mebibyte.length}+}`)).toBe('');
  for (let n = 0; n < 3; n += 1) expect(talk.sayBytes(mebibyte)).toBe('');
  expect(talk.paused).toBe(false);
  expect(talk.say('', 'b NOOP')).toMatch(/^a NO \[TOOBIG\] .*\r\nb OK /);
});

test('search keys may be nested, but not without end', () => {
  const { talk } = selected();
  const nested = (depth: number) => `${'NOT '.repeat(depth)}ALL`;
  expect(talk.say(`a SEARCH ${nested(998)}`)).toMatch(/^\* SEARCH 1\r\na OK /);
  for (const key of [nested(10_000), `${'('.repeat(30_000)}ALL`, `${'OR ALL '.repeat(5_000)}ALL`])
    expect(talk.say(`b SEARCH ${key}`)).toMatch(/^b BAD .*nested less deeply/);
});

test('a client that talks on while it is kept waiting is not listened to beyond a bound, and loses nothing', () => {
  const rule: Rule = {
    id: 'slow',
    where: { protocol: 'imap', command: 'CHECK', phase: 'reply' },
    what: { kind: 'delay', delayMs: 5_000 },
  };
  const { talk, world } = selected([rule]);
  const many = Array.from({ length: 20_000 }, () => 'n NOOP');
  expect(talk.say('a CHECK', ...many.slice(0, 5_000))).toBe('');
  expect(talk.paused).toBe(false);
  talk.say(...many.slice(5_000));
  expect(talk.paused).toBe(true);
  world.clock.advance(5_000);
  expect(talk.paused).toBe(false);
  expect(talk.heard().match(/^n OK /gm)).toHaveLength(20_000);
});

test('sets of many ranges, and patterns of many wildcards, cost no more than their length', () => {
  const { talk } = selected();
  const set = Array.from({ length: 12_000 }, (_, n) => 2 * n + 1).join(',');
  expect(talk.say(`a UID SEARCH UID ${set.slice(0, 60_000)}`)).toMatch(/^\* SEARCH 1\r\n/);
  expect(talk.say(`b CREATE ${'a'.repeat(60)}`)).toMatch(/^b OK /);
  expect(talk.say(`c LIST "" ${'*a'.repeat(50)}b`)).toMatch(/^c OK /);
});

test('ranges and patterns mean what a plain reading of the RFC says', () => {
  const number = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 6 }), number, (set, one) => {
      const plain = set.some(([a, b]) => Math.min(a, b) <= one && one <= Math.max(a, b));
      expect(isWithin(rangesOf(set, 30), one)).toBe(plain);
    }),
  );
  const text = (chars: string) =>
    fc.array(fc.constantFrom(...chars), { maxLength: 7 }).map((all) => all.join(''));
  fc.assert(
    fc.property(text('ab/*%.'), text('ab/.'), (pattern, name) => {
      const source = pattern.replace(/[*%.]/g, (one) => ({ '*': '[^]*', '%': '[^/]*' })[one] ?? '\\.');
      expect(matcherOf([pattern])(name)).toBe(new RegExp(`^${source}$`).test(name));
    }),
  );
  expect(matcherOf(['in%'])('INBOX')).toBe(true);
});
