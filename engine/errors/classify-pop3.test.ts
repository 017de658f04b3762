/**
 * Policy: every refusal of the corpus gets exactly the class, code and wait it is labelled with. The traps: a lock is
 * never a bad password, "bad password" on Exchange and Gmail may be a throttle, a limit may come under the response
 * code of something else. A reply nobody knows never disables a mailbox at once.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pop3Phase } from '../pop3/pop3-phase.ts';
import { classifyPop3, findRule } from './classify-pop3.ts';
import { pop3Corpus } from './corpus-pop3.ts';
import { pop3Rules } from './rules-pop3.ts';

describe('the corpus', () => {
  it.each(pop3Corpus.map((line) => [line.from, line.phase, line.text, line] as const))(
    '%s at %s: -ERR %s',
    (_from, phase, text, line) => {
      const { class: errorClass, code, retryAfterMs } = classifyPop3(text, phase);
      expect({ class: errorClass, code, retryAfterMs }).toEqual({
        class: line.class,
        code: line.code,
        retryAfterMs: line.retryAfterMs,
      });
    },
  );

  it('exercises every rule, so that none is there for nothing', () => {
    const used = new Set(pop3Corpus.map((line) => findRule(line.text, line.phase)));
    expect(pop3Rules.filter((rule) => !used.has(rule))).toEqual([]);
  });

  it('holds the traps', () => {
    const of = (words: RegExp) =>
      pop3Corpus.filter((line) => words.test(line.text)).map((line) => line.class);
    expect(of(/IN-USE|lock/i)).not.toContain('auth-dead');
    expect(of(/IN-USE|lock/i)).not.toContain('auth-maybe');
    expect(of(/bad password/)).toEqual(['auth-maybe', 'auth-maybe']);
    expect(of(/^\[AUTH\] Too many/)).toEqual(['throttled']);
  });
});

describe('a reply nobody knows', () => {
  it('is trouble that passes, and at login a password to be believed slowly', () => {
    const phases: Pop3Phase[] = ['greeting', 'capa', 'auth', 'uidl', 'list', 'top', 'retr', 'dele', 'quit'];
    fc.assert(
      fc.property(fc.stringMatching(/^[qxzjk ]*$/), fc.constantFrom(...phases), (text, phase) => {
        expect(classifyPop3(text, phase).class).toBe(phase === 'auth' ? 'auth-maybe' : 'transient');
      }),
    );
  });

  it('is cut to 500 characters', () => {
    expect(classifyPop3('x'.repeat(9000), 'uidl').text).toHaveLength(500);
  });
});
