import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smtp as dovecotPostfix } from '../profiles/dovecot-postfix/smtp.ts';
import { smtp as gmailWorkspace } from '../profiles/gmail-workspace/smtp.ts';
import { base64, openBench, sender } from './testing/dialogue.ts';

// Policy: whatever a client says, in whatever order, no password, token or AUTH response of its reaches the trace or
// the rule book's explanations, in clear or encoded.

const { address } = sender;
const password = sender.password ?? '';
const forms = (secret: string): string[] => [
  secret,
  base64(secret),
  base64(`\0${address}\0${secret}`),
  base64(`user=${address}\x01auth=Bearer ${secret}\x01\x01`),
];
const said = (secret: string): string[] => {
  const [, alone, plain, bearer] = forms(secret);
  return [
    `AUTH PLAIN ${plain}`,
    `auth  plain ${plain}`,
    `AUTH ${plain}`,
    `AUTH PLAIN ${plain} ${plain}`,
    `AUTH XOAUTH2 ${bearer}`,
    `AUTH CRAM-MD5 ${plain}`,
    `${plain}`,
    `${bearer}`,
    `${alone}`,
    secret,
    `${secret} ${secret}`,
  ];
};
const line = fc.constantFrom(
  ...[password, 'ann-token', 'wrong-secret'].flatMap(said),
  'EHLO client.test',
  'AUTH LOGIN',
  'AUTH PLAIN',
  'AUTH XOAUTH2',
  base64(address),
  '*',
  '',
  'NOOP',
  'RSET',
  `MAIL FROM:<${address}>`,
  'QUIT',
);

it.each([dovecotPostfix, gmailWorkspace])('keeps every secret to itself', async (profile) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (lines, pipelined) => {
        const bench = openBench(
          { ...profile, failedLoginDelayMs: 0 },
          {
            rules: [
              { id: 'seen', where: { phase: 'command' }, what: { kind: 'garbage', text: '250 ?' } },
              {
                id: 'never',
                where: { argument: 'nothing' },
                what: { kind: 'reset' },
                expect: { atLeast: 0 },
              },
            ],
            speed: 1000,
          },
        );
        const client = bench.inMemory();
        await client.reply();
        if (pipelined) client.send(`${lines.join('\r\n')}\r\n`);
        else
          for (const text of lines) {
            client.send(`${text}\r\n`);
            await new Promise(setImmediate);
          }
        client.send('QUIT\r\n');
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
        const told =
          `${JSON.stringify(bench.events)}\n${bench.context.rules.explain().join('\n')}`.toLowerCase();
        bench.close();
        expect(told).toContain('"kind":"command"');
        for (const form of [password, 'ann-token', 'wrong-secret'].flatMap(forms))
          expect(told).not.toContain(form.toLowerCase());
      },
    ),
    { numRuns: 150 },
  );
});
