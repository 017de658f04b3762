import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rule } from '../rules/rule.ts';
import { fullProfile } from './testing/full-profile.ts';
import { stage } from './testing/stage.ts';

// Policy: whatever a client says, in whatever order, no password or token of its reaches the trace or the rule book's
// explanations, in clear or encoded.

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const address = 'anna@alpha.test';

function dialogueAbout(secret: string) {
  const plain = base64(`\0${address}\0${secret}`);
  const bearer = base64(`user=${address}\x01auth=Bearer ${secret}\x01\x01`);
  const line = fc.constantFrom(
    `a LOGIN ${address} ${secret}`,
    `a login "${address}" "${secret}"`,
    `a LOGIN ${address} ${secret} more`,
    `a LOGIN ${address} {${secret.length}+}\r\n${secret}`,
    `a LOGIN {${address.length}}`,
    `a LOGIN${secret}`,
    `${secret} LOGIN`,
    `LOGIN ${address} ${secret}`,
    'a AUTHENTICATE PLAIN',
    `a AUTHENTICATE PLAIN ${plain}`,
    `a AUTHENTICATE XOAUTH2 ${bearer}`,
    `a AUTHENTICATE ${plain}`,
    `a AUTHENTICATE NTLM ${plain}`,
    plain,
    bearer,
    base64(secret),
    secret,
    '*',
    'a NOOP',
    'a SELECT INBOX',
  );
  return { lines: fc.array(line, { maxLength: 12 }), forms: [secret, base64(secret), plain, bearer] };
}

it('no secret is told', () => {
  const rules: Rule[] = [{ id: 'any', where: { protocol: 'imap' }, what: { kind: 'delay', delayMs: 0 } }];
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-zA-Z0-9]{12,20}$/).chain((secret) => {
        const { lines, forms } = dialogueAbout(secret);
        return fc.record({ lines, forms: fc.constant(forms) });
      }),
      ({ lines, forms }) => {
        const world = stage({ ...fullProfile, failedLoginDelayMs: 0 }, { rules });
        const talk = world.connect();
        for (const line of lines) talk.say(line);
        const told = JSON.stringify(world.events) + world.rules.explain().join('\n');
        for (const form of forms) expect(told).not.toContain(form);
      },
    ),
    { numRuns: 200 },
  );
});
