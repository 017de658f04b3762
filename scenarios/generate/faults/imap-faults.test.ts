import { afterEach, expect, it } from 'vitest';
import { createWorld, sleep, type World } from '../../../simulators/index.ts';
import { loadProfile } from '../../../simulators/profiles/index.ts';
import { LineClient } from '../../doors/line-client.ts';
import { ruleFor } from './fault-rules.ts';
import { imapFaults } from './imap-faults.ts';

// Policy: every fault of IMAP meets what a client does that fetches and files mail; one that meets nothing tests nothing.

const address = 'ann@alpha.test';
const script = [
  `a LOGIN ${address} s3cret`,
  'b LIST "" "*"',
  'x EXAMINE INBOX',
  'c SELECT INBOX',
  'd UID SEARCH ALL',
  'e UID FETCH 1:* (UID FLAGS RFC822.SIZE BODY.PEEK[])',
  'f APPEND INBOX {5+}\r\nA: b\r\n',
];

let world: World | undefined;
afterEach(() => void world?.end());

it.each(imapFaults)('$name fires', async (kind) => {
  const rule = ruleFor('one', kind, { hits: 1 }, 1);
  const bearer = kind.where.command === 'AUTHENTICATE';
  world = createWorld({
    seed: 3,
    providers: [
      {
        domain: 'alpha.test',
        profile: loadProfile('dovecot-postfix'),
        mailboxes: [{ address, password: 's3cret' }],
      },
    ],
    rules: [rule],
  });
  const { mail, imap } = world.provider('alpha.test');
  mail.deliver(mail.find(address)!, { raw: Buffer.from('Subject: one\r\n\r\nbody\r\n'), envelopeFrom: '' });
  const life = world.life('client');
  await world.run(async () => {
    const patience = sleep(world!.clock, 200_000);
    const talk = life.run(async () => {
      const client = await LineClient.open(life, imap!.host, imap!.tlsPort);
      await client.line();
      const plain = Buffer.from(`\0${address}\0s3cret`).toString('base64');
      for (const line of [bearer ? `a AUTHENTICATE PLAIN ${plain}` : script[0]!, ...script.slice(1)]) {
        client.say(line);
        for (let said = ''; !said.startsWith(`${line[0]} `); ) said = await client.line();
      }
      client.close();
    });
    // Many of these faults end the talk, some leave it without an answer.
    await Promise.race([talk.catch(() => {}), patience]);
  });
  const [counted] = world.rules.ledger();
  expect(counted?.fired).toBe(1);
});
