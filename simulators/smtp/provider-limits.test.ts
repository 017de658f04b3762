/**
 * Policy: what a provider is known for is what its submission does with the limits of its own profile: the same
 * number, at the same place in the dialogue, in the same words.
 */
import { afterEach, expect, test } from 'vitest';
import { loadProfile } from '../profiles/index.ts';
import { type Bench, type Dialogue, openBench } from './testing/dialogue.ts';

let bench: Bench;
afterEach(() => bench.close());

const open = (name: string, speed = 1): Bench => {
  const { smtp, limits } = loadProfile(name);
  if (smtp === undefined) throw new Error(`${name} has no SMTP.`);
  bench = openBench(smtp, { limits, speed });
  return bench;
};
const signedIn = async (): Promise<Dialogue> => {
  const client = bench.inMemory();
  expect(await client.signIn()).toMatch(/^235 /);
  return client;
};

test('Exchange Online lets four connections in and refuses the fourth after its message', async () => {
  open('exchange-online');
  for (let n = 0; n < 3; n += 1) expect(await (await signedIn()).submit()).toMatch(/^250 /);
  expect(await (await signedIn()).submit()).toBe(
    '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname=smtp.office365.com]',
  );
  expect(bench.context.mail.truth.submissions).toHaveLength(3);
});

test('Exchange Online carries the thirty-first message of a minute over into the next', async () => {
  open('exchange-online', 1000);
  const client = await signedIn();
  const startMs = bench.context.clock.now();
  for (let n = 0; n < 31; n += 1) expect(await client.submit()).toMatch(/^250 /);
  expect(bench.context.clock.now() - startMs).toBeGreaterThan(59_000);
});

test('on-premises Exchange refuses the sixth message of a minute at MAIL, and closes', async () => {
  open('exchange-onprem');
  const client = await signedIn();
  for (let n = 0; n < 5; n += 1) expect(await client.submit()).toMatch(/^250 /);
  expect(await client.submit()).toBe(
    '421 4.4.2 Message submission rate for this client has exceeded the configured limit',
  );
  expect(await client.reply()).toBe('closed');
});

test('Yahoo closes without a word after the twentieth message', async () => {
  open('yahoo');
  const client = await signedIn();
  for (let n = 0; n < 20; n += 1) expect(await client.submit()).toMatch(/^250 /);
  expect(await client.reply()).toBe('closed');
  expect(bench.context.mail.truth.submissions).toHaveLength(20);
});

test('Postfix meets the fifty-first connection with 421 in place of its banner', async () => {
  open('dovecot-postfix');
  for (let n = 0; n < 50; n += 1) expect(await bench.inMemory().reply()).toMatch(/^220 /);
  const client = bench.inMemory();
  expect(await client.reply()).toBe(
    '421 4.7.0 mail.postfix.test Error: too many connections from unknown[127.0.0.1]',
  );
  expect(await client.reply()).toBe('closed');
});

test('Gmail refuses the seventeenth session at DATA, and closes', async () => {
  open('gmail-consumer');
  for (let n = 0; n < 16; n += 1) await signedIn();
  const client = await signedIn();
  expect(await client.submit()).toMatch(
    /^421 4\.3\.0 Temporary System Problem\. {2}Try again later \(10\)\. \S+ - gsmtp$/,
  );
  expect(await client.reply()).toBe('closed');
});

test('Gmail refuses the hundred-and-first recipient of a message, and keeps the others', async () => {
  open('gmail-consumer');
  const client = await signedIn();
  const to = Array.from({ length: 101 }, (_, n) => `r${n}@elsewhere.test`);
  expect(await client.submit({ to })).toMatch(/^452 4\.5\.3 Your message has too many recipients\./);
  await client.say('DATA');
  expect(await client.say('.')).toMatch(/^250 /);
  expect(bench.context.mail.truth.submissions[0]?.recipients).toHaveLength(100);
});
