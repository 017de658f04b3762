import { describe, expect, it } from 'vitest';
import { literalReply } from '../http/literal-reply.ts';
import { placeholders } from '../limits/expand-reply.ts';
import type { BreachDefinition, Confidence } from '../limits/limiter.ts';
import { faultOf } from '../rules/what/index.ts';
import type { Protocol } from '../trace/event.ts';
import { documentedOnly, loadProfile, profileNames, withLimits } from './index.ts';

const confidences: readonly Confidence[] = ['D', 'D-src', 'D-RFC', 'R', 'I', 'ours'];

/** RFC 5321 section 4.2: every line of a reply has one code, all but the last a hyphen. */
function isSmtpReply(text: string): boolean {
  const lines = text.split('\n');
  const code = lines[0]?.slice(0, 3);
  return lines.every((line, n) => {
    const shape = n === lines.length - 1 ? /^[2-5][0-5]\d [\x20-\x7e]+$/ : /^[2-5][0-5]\d-[\x20-\x7e]*$/;
    return shape.test(line) && line.startsWith(`${code}`);
  });
}

/** RFC 1939 section 3 and RFC 2449 section 8: one line of at most 510 bytes before CRLF. */
function isPop3Reply(text: string): boolean {
  return /^(\+OK|-ERR)( (\[[A-Z-]+(\/[A-Z]+)?\] )?[\x20-\x7e]+)?$/.test(text) && text.length <= 510;
}

/** RFC 9112 section 4, in the form of `literalReply`: a status, a code, headers, perhaps a body. */
function isHttpReply(text: string): boolean {
  const { status, headers } = literalReply(text);
  return status >= 400 && Object.keys(headers).every((name) => /^[\w-]+$/.test(name));
}

/** RFC 3501 section 7.1: untagged or to be tagged, with a response code or without, a text or a bare BYE. */
function isImapReply(text: string): boolean {
  return text
    .split('\n')
    .every((line) => /^(?:\* BYE|(?:\* )?(?:OK|NO|BAD|BYE)(?: \[[A-Z-]+[^\]]*\])? [\x20-\x7e]+)$/.test(line));
}

const isReply: Readonly<Record<Protocol, (text: string) => boolean>> = {
  smtp: isSmtpReply,
  pop3: isPop3Reply,
  graph: isHttpReply,
  imap: isImapReply,
};

function textOf(breach: BreachDefinition): string | undefined {
  return 'reply' in breach ? breach.reply : undefined;
}

// Policy: a profile is a collection of claims about a provider. Each says where it is from and how sure we are, each
// wire text is a reply of its protocol, and each can be found by its id.
describe.each(profileNames)('the profile %s', (name) => {
  const profile = loadProfile(name);
  const texts = [
    ...profile.limits.map(({ id, protocol, breach }) => ({ id, protocol, text: textOf(breach) })),
    ...profile.faults.map(({ id, protocol, what }) => ({
      id,
      protocol,
      text: what.kind === 'reply' ? what.text : undefined,
    })),
  ];

  it('is called what its folder is called and speaks the protocols of mail programs', () => {
    expect(profile.name).toBe(name);
    expect(profile.pop3).toBeDefined();
    expect(profile.smtp).toBeDefined();
    expect(profile.imap).toBeDefined();
  });

  it('gives each limit and fault a source and a confidence', () => {
    for (const { id, source, confidence } of [...profile.limits, ...profile.faults]) {
      expect(source, id).not.toBe('');
      expect(confidences, id).toContain(confidence);
    }
    for (const [fact, { source, confidence }] of [
      ...Object.entries(profile.pop3?.facts ?? {}),
      ...Object.entries(profile.smtp?.facts ?? {}),
      ...Object.entries(profile.imap?.facts ?? {}),
      ...Object.entries(profile.graph?.facts ?? {}),
    ]) {
      expect(source, fact).not.toBe('');
      expect(confidences, fact).toContain(confidence);
    }
  });

  it('has each id once', () => {
    const ids = texts.map(({ id }) => id);
    expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
  });

  it('words replies of their protocol, with placeholders somebody fills', () => {
    for (const { id, protocol, text } of texts) {
      if (text === undefined) continue;
      const filled = text.replace(/\{(\w+)\}/g, (_, placeholder: string) => {
        expect(placeholders, id).toContain(placeholder);
        return 'x';
      });
      expect(isReply[protocol](filled), `${id}: ${text}`).toBe(true);
    }
  });

  it('puts each fault where it makes sense', () => {
    for (const { id, phase, what } of profile.faults) expect(faultOf(what.kind).phases, id).toContain(phase);
  });

  it('has nothing unsure in its documented part', () => {
    const { limits, faults } = documentedOnly(profile);
    const unsure = [...limits, ...faults].filter(({ confidence }) => !confidence.startsWith('D'));
    expect(unsure).toEqual([]);
    expect(limits.length + faults.length).toBeGreaterThan(0);
  });
});

describe('choosing and changing profiles', () => {
  it('says which profiles there are when one is unknown', () => {
    expect(() => loadProfile('hotmail')).toThrow(
      'There is no provider profile "hotmail": use one of exchange-online, gmail-workspace, gmail-consumer, outlook-com, yahoo, exchange-onprem, dovecot-postfix.',
    );
  });

  it('turns limiters on and off and sets them to other numbers', () => {
    const changed = withLimits(loadProfile('exchange-online'), {
      'exo.smtp.messageRate': { enabled: false },
      'exo.smtp.messageRateRejected': { limit: 3, periodMs: 1_000 },
    });
    const byId = new Map(changed.limits.map((limiter) => [limiter.id, limiter]));
    expect(byId.get('exo.smtp.messageRate')?.enabled).toBe(false);
    expect(byId.get('exo.smtp.messageRateRejected')).toMatchObject({
      enabled: true,
      limit: 3,
      window: { kind: 'sliding', periodMs: 1_000 },
    });
    expect(byId.get('exo.smtp.recipientsPerDay')?.limit).toBe(10_000);
  });

  it('refuses limiters it does not have and periods where there are none', () => {
    const yahoo = loadProfile('yahoo');
    expect(() => withLimits(yahoo, { nope: {} })).toThrow(
      'The profile yahoo has no limiter "nope": use one of yahoo.smtp.messagesPerDay, yahoo.smtp.recipientsPerMessage, yahoo.smtp.messagesPerConnection, yahoo.imap.commandRate.',
    );
    expect(() => withLimits(yahoo, { 'yahoo.smtp.recipientsPerMessage': { periodMs: 1 } })).toThrow(
      /per-request/,
    );
  });
});
