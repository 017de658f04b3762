/**
 * Policy: every reply of the corpus gets exactly the class, code, scope and wait it is labelled with; a reply nobody
 * knows is read by RFC 5321, 3463 and 4954. The two traps: a temporary trouble in a permanent code must neither
 * discard a message nor disable a mailbox, and a lasting one in a temporary code must be counted.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SmtpPhase } from '../smtp/smtp-phase.ts';
import { parseReply, type SmtpReply } from '../smtp/smtp-reply.ts';
import { classifySmtp } from './classify-smtp.ts';
import { smtpCorpus } from './corpus-smtp.ts';
import { smtpRules } from './rules-smtp.ts';

function reply(raw: string): SmtpReply {
  const parsed = parseReply(raw);
  if (parsed === undefined) throw new Error(`Not a reply: ${raw}`);
  return parsed;
}

describe('the corpus', () => {
  it.each(smtpCorpus.map((line) => [line.from, line.phase, line.reply, line] as const))(
    '%s at %s: %s',
    (_from, phase, raw, line) => {
      const { class: errorClass, code, scope, retryAfterMs } = classifySmtp(reply(raw), phase);
      expect({ class: errorClass, code, scope, retryAfterMs }).toEqual({
        class: line.class,
        code: line.code,
        scope: line.scope,
        retryAfterMs: line.retryAfterMs,
      });
    },
  );

  it('exercises every rule, so that none is there for nothing', () => {
    const used = new Set(
      smtpCorpus.map((line) => smtpRules.findIndex((rule) => rule.matches(reply(line.reply), line.phase))),
    );
    const unused = smtpRules.filter((_, index) => !used.has(index));
    expect(unused.map((rule) => rule.verdict)).toEqual([]);
  });

  it('holds both traps', () => {
    const digit = (raw: string): string => raw[0] ?? '';
    expect(smtpCorpus.some((line) => digit(line.reply) === '5' && line.class === 'throttled')).toBe(true);
    expect(smtpCorpus.some((line) => digit(line.reply) === '4' && line.class === 'auth-dead')).toBe(true);
  });
});

describe('a reply nobody knows', () => {
  it.each<[string, SmtpPhase, string, string]>([
    ['450 4.2.0 hm', 'rcpt', 'transient', 'recipient'],
    ['550 hm', 'rcpt', 'item-permanent', 'recipient'],
    ['551 5.1.6 hm', 'rcpt', 'item-permanent', 'recipient'],
    ['451 hm', 'final-dot', 'transient', 'message'],
    ['451 4.4.1 hm', 'final-dot', 'transient', 'service'],
    ['554 hm', 'final-dot', 'item-permanent', 'message'],
    ['552 hm', 'final-dot', 'item-permanent', 'message'],
    ['554 4.2.0 the basic code decides', 'final-dot', 'item-permanent', 'message'],
    ['451 5.7.1 the basic code decides', 'final-dot', 'transient', 'message'],
    ['503 5.5.1 hm', 'data', 'transient', 'message'],
    ['421 hm', 'rcpt', 'transient', 'service'],
    ['451 hm', 'mail', 'transient', 'service'],
    ['553 hm', 'mail', 'item-permanent', 'message'],
    ['500 hm', 'starttls', 'config', 'service'],
    ['454 hm', 'starttls', 'transient', 'service'],
    ['535 hm', 'auth', 'auth-maybe', 'service'],
    ['454 hm', 'auth', 'transient', 'service'],
    ['502 hm', 'auth', 'config', 'service'],
    ['500 hm', 'ehlo', 'transient', 'service'],
  ])('%s at %s is %s, about the %s', (raw, phase, errorClass, scope) => {
    expect(classifySmtp(reply(raw), phase)).toMatchObject({ class: errorClass, scope, phase });
  });

  it('never loses a message or a mailbox for a temporary code', () => {
    const phases: readonly SmtpPhase[] = [
      'greeting',
      'ehlo',
      'starttls',
      'auth',
      'mail',
      'rcpt',
      'data',
      'final-dot',
    ];
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 499 }), fc.constantFrom(...phases), (code, phase) => {
        const { class: errorClass } = classifySmtp({ code, enhanced: undefined, text: 'hm' }, phase);
        return errorClass === 'transient' || errorClass === 'throttled';
      }),
    );
  });
});

describe('a told wait', () => {
  it.each([
    ['try again in 300 seconds', 300_000],
    ['retry after 1.5 minutes', 90_000],
    ['Suggested Backoff Time: 299961 milliseconds', 299_961],
    ['please wait at least 2 hours', 7_200_000],
    ['come back in 00:05:00', 300_000],
    ['try again in 99999 hours', 24 * 3_600_000],
    ['Temporary System Problem.  Try again later (10).', undefined],
    ['delivered in 2 parts', undefined],
  ])('%s', (text, expected) => {
    expect(classifySmtp({ code: 451, enhanced: undefined, text }, 'mail').retryAfterMs).toBe(expected);
  });
});
