/**
 * Policy: every refusal of the corpus gets exactly the class, code and wait it is labelled with. The traps: a limit is
 * never a bad password, whatever code it comes under; a full mailbox is not a throttle where something is to be stored.
 * A reply nobody knows never disables a mailbox at once.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImapPhase } from '../imap/imap-phase.ts';
import { classifyImap, findImapRule } from './classify-imap.ts';
import { imapCorpus } from './corpus-imap.ts';
import { imapRules } from './rules-imap.ts';

describe('the corpus', () => {
  it.each(imapCorpus.map((line) => [line.from, line.phase, line.status, line.text, line] as const))(
    '%s at %s: %s %s',
    (_from, phase, status, text, line) => {
      const { class: errorClass, code, retryAfterMs } = classifyImap(text, phase, status);
      expect({ class: errorClass, code, retryAfterMs }).toEqual({
        class: line.class,
        code: line.code,
        retryAfterMs: line.retryAfterMs,
      });
    },
  );

  it('exercises every rule, so that none is there for nothing', () => {
    const used = new Set(imapCorpus.map(({ text, phase, status }) => findImapRule(text, phase, status)));
    expect(imapRules.filter((rule) => !used.has(rule))).toEqual([]);
  });

  it('holds the traps', () => {
    const of = (words: RegExp) =>
      new Set(imapCorpus.filter((line) => words.test(line.text)).map((line) => line.class));
    expect(of(/throttled|Too many simultaneous|Maximum number|\[LIMIT\]/)).toEqual(new Set(['throttled']));
    expect(of(/UNAVAILABLE\] (?!Max)/)).toEqual(new Set(['transient']));
  });
});

describe('a reply nobody knows', () => {
  it('is trouble that passes, and at login a password to be believed slowly', () => {
    const phases: ImapPhase[] = ['greeting', 'auth', 'list', 'status', 'select', 'search', 'fetch', 'append'];
    fc.assert(
      fc.property(fc.stringMatching(/^[qxzjk ]*$/), fc.constantFrom(...phases), (text, phase) => {
        expect(classifyImap(text, phase, 'NO').class).toBe(phase === 'auth' ? 'auth-maybe' : 'transient');
        expect(classifyImap(text, phase, 'BYE').class).toBe('transient');
      }),
    );
  });

  it('is cut to 500 characters', () => {
    expect(classifyImap('x'.repeat(9000), 'search', 'NO').text).toHaveLength(500);
  });
});
