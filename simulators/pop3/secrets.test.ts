import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rule } from '../rules/rule.ts';
import { fullProfile } from './testing/full-profile.ts';
import { apopDigest, stage } from './testing/stage.ts';

// Policy: whatever a client says, in whatever order, no password, token, digest or SASL response of its reaches the
// trace or the rule book's explanations, in clear or encoded.

const address = 'anna@alpha.test';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Lines around one secret, as clients send them, in and out of turn, and all forms in which the secret is in them. */
function dialogueAbout(secret: string) {
  const plain = base64(`\0${address}\0${secret}`);
  const bearer = base64(`user=${address}\x01auth=Bearer ${secret}\x01\x01`);
  const oauth = base64(`n,a=${address},\x01auth=Bearer ${secret}\x01\x01`);
  const digest = apopDigest('<stale@alpha.test>', secret);
  const line = fc.constantFrom(
    `USER ${address}`,
    `PASS ${secret}`,
    `pass  ${secret} `,
    `PASS${secret}`,
    `APOP ${address} ${digest}`,
    'AUTH PLAIN',
    `AUTH PLAIN ${plain}`,
    `auth plain ${plain} more`,
    `AUTH ${plain}`,
    'AUTH LOGIN',
    `AUTH LOGIN ${base64(address)}`,
    'AUTH XOAUTH2',
    `AUTH XOAUTH2 ${bearer}`,
    `AUTH OAUTHBEARER ${oauth}`,
    `AUTH NTLM ${plain}`,
    plain,
    bearer,
    base64(address),
    base64(secret),
    secret,
    `${secret} with more`,
    '*',
    '=',
    'CAPA',
    'NOOP',
    'STAT',
    'UTF8',
    'RETR 1',
    'QUIT',
  );
  return fc.record({
    lines: fc.array(line, { minLength: 1, maxLength: 12 }),
    forms: fc.constant([secret, plain, bearer, oauth, digest, base64(secret)]),
    secret: fc.constant(secret),
  });
}

const secrets = fc.stringMatching(/^[A-Za-z0-9]{4} [A-Za-z0-9]{8}$/).map((text) => `pw-${text}`);
const rules: readonly Rule[] = [
  { id: 'seen', where: { protocol: 'pop3', phase: 'command' }, what: { kind: 'delay', delayMs: 1 } },
  {
    id: 'never',
    where: { protocol: 'pop3', argument: 'nothing' },
    what: { kind: 'reset' },
    expect: { atLeast: 0 },
  },
];

it('keeps every secret to itself', () => {
  fc.assert(
    fc.property(
      secrets.chain(dialogueAbout),
      fc.boolean(),
      fc.boolean(),
      ({ lines, forms, secret }, right, pipelined) => {
        const tokens = [{ token: right ? secret : 'other' }];
        const mailboxes = [{ address, password: right ? secret : 'other', tokens }];
        const { connect, clock, events, rules: book } = stage(fullProfile, { rules, mailboxes });
        const talk = connect();
        const step = (said: readonly string[]): void => {
          talk.say(...said);
          clock.advance(5_000);
        };
        if (pipelined) step(lines);
        else for (const line of lines) step([line]);
        const told = `${JSON.stringify(events)}\n${book.explain().join('\n')}`.toLowerCase();
        expect(told).toContain('"kind":"command"');
        for (const form of forms) expect(told).not.toContain(form.toLowerCase());
      },
    ),
    { numRuns: 300 },
  );
});
