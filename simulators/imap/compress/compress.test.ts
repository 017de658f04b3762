import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { ImapFlow } from 'imapflow';
import { afterEach, expect, it } from 'vitest';
import { createRealClock } from '../../clock/real-clock.ts';
import { loadProfile } from '../../profiles/index.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Serving, serve } from '../../serve/serve.ts';
import { World } from '../../world/world.ts';
import { fullProfile } from '../testing/full-profile.ts';
import { stage } from '../testing/stage.ts';

// Policy: after COMPRESS both sides compress (RFC 4978): rules and limits see what was compressed, a client's own
// compression is read, and in a world all of it happens on the virtual clock, the same each time.

let serving: Serving | undefined;
let world: World | undefined;
afterEach(async () => {
  await serving?.close();
  serving = undefined;
  world?.end();
  world = undefined;
});

const long = `Subject: long\r\n\r\n${'all of this is said many times over\r\n'.repeat(20_000)}`;
const deflate = (text: string): Buffer =>
  deflateRawSync(Buffer.from(text), { finishFlush: constants.Z_SYNC_FLUSH });

function compressed(rules: readonly Rule[] = []) {
  const hall = stage(fullProfile, { rules });
  hall.deliver('Subject: one\r\n\r\none\r\n');
  const talk = hall.signIn();
  expect(talk.say('c COMPRESS DEFLATE')).toBe('c OK Begin compression.\r\n');
  let heard = Buffer.alloc(0);
  let told = 0;
  const read = (said: string): string => {
    heard = Buffer.concat([heard, Buffer.from(said, 'latin1')]);
    const text = inflateRawSync(heard, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
    const fresh = text.slice(told);
    told = text.length;
    return fresh;
  };
  return { hall, talk, read, say: (line: string) => read(talk.sayBytes(deflate(`${line}\r\n`))) };
}

it('compresses what it says, each answer at once, and reads what is compressed', () => {
  const { say, talk, read } = compressed();
  expect(say('a SELECT INBOX')).toMatch(/^a OK /m);
  expect(say('b FETCH 1 BODY[]')).toContain('Subject: one\r\n\r\none\r\n');
  // The second time there is hardly anything to say.
  const again = talk.sayBytes(deflate('c FETCH 1 BODY[]\r\n'));
  expect(again.length).toBeLessThan(50);
  expect(read(again)).toContain('Subject: one\r\n\r\none\r\n');
});

it('reads commands that were cut anywhere', () => {
  const { talk, read } = compressed();
  const bytes = deflate('a SELECT INBOX\r\nb APPEND INBOX {3+}\r\nx\r\n\r\n');
  let said = '';
  for (const byte of bytes) said += read(talk.sayBytes(Buffer.of(byte)));
  expect(said).toMatch(/^b OK /m);
});

it('compresses once', () => {
  const { say } = compressed();
  expect(say('a COMPRESS DEFLATE')).toBe('a NO [COMPRESSIONACTIVE] COMPRESSION already enabled.\r\n');
});

it('knows no other way to compress', () => {
  const talk = stage(fullProfile).signIn();
  expect(talk.say('c COMPRESS LZMA')).toMatch(/^c BAD /m);
  expect(talk.say('d COMPRESS')).toMatch(/^d BAD /m);
});

it('hangs up on what is not compressed', () => {
  const { talk } = compressed();
  talk.sayBytes(Buffer.from('a SELECT INBOX\r\n'));
  expect(talk.destroyed).toBe(true);
});

it.each(['reset', 'close'] as const)('cuts in the middle of what was compressed, and ends by %s', (end) => {
  const { talk, say } = compressed([
    {
      id: 'cut',
      where: { protocol: 'imap', command: 'FETCH', phase: 'body' },
      when: { hits: 1 },
      what: { kind: 'cut', afterBytes: 5, end },
    },
  ]);
  say('a SELECT INBOX');
  expect(say('b FETCH 1 BODY[]')).toBe('* 1 FETCH (BODY[] {21}\r\nSubje');
  expect(talk.over).toBe(end === 'reset' ? 'reset' : 'end');
});

it('is spoken by imapflow over TCP', async () => {
  serving = await serve({
    profile: loadProfile('gmail-workspace'),
    domain: 'alpha.test',
    mailboxes: [{ address: 'anna@alpha.test', password: 's3cret' }],
    messages: [Buffer.from(long)],
    clock: createRealClock(1),
    trace: { emit: () => {}, subscribe: () => () => {} },
    seed: 1,
  });
  const { host, port } = serving.endpoints.imaps;
  const client = new ImapFlow({
    host,
    port,
    secure: true,
    tls: { rejectUnauthorized: false },
    auth: { user: 'anna@alpha.test', pass: 's3cret' },
    logger: false,
  });
  client.on('error', () => {});
  await client.connect();
  await client.mailboxOpen('INBOX');
  // The types keep to themselves that it compresses.
  expect(Reflect.get(client, '_deflate')).toBeTruthy();
  const message = await client.fetchOne('1', { source: true });
  expect(message !== false && message.source?.toString() === long).toBe(true);
  await client.append('INBOX', long);
  expect(await client.search({ all: true })).toEqual([1, 2]);
  await client.logout();
});

async function compressedSession(): Promise<readonly string[]> {
  world = new World({
    seed: 9,
    providers: [
      {
        profile: loadProfile('gmail-workspace'),
        domain: 'alpha.test',
        mailboxes: [{ address: 'anna@alpha.test', password: 's3cret' }],
      },
    ],
  });
  const { connector } = world.life('client');
  const { mail } = world.provider('alpha.test');
  mail.deliver(mail.find('anna@alpha.test')!, { raw: Buffer.from(long), envelopeFrom: '' }); // it is there
  const heard: string[] = [];
  await world.run(async () => {
    const connection = await connector.connectSocket({ host: 'imap.alpha.test', port: 993, tls: true });
    // The types leave the transport out.
    const client = new ImapFlow({
      host: 'imap.alpha.test',
      port: 993,
      secure: false,
      doSTARTTLS: false,
      auth: { user: 'anna@alpha.test', pass: 's3cret' },
      logger: false,
      transport: {
        connect: (_options: object, onConnect: () => void) => {
          setImmediate(onConnect);
          return connection;
        },
      },
    } as unknown as ConstructorParameters<typeof ImapFlow>[0]);
    client.on('error', () => {});
    await client.connect();
    expect(Reflect.get(client, '_deflate')).toBeTruthy();
    await client.mailboxOpen('INBOX');
    const message = await client.fetchOne('1', { source: true });
    heard.push(String(message !== false && message.source?.toString() === long));
    await client.append('INBOX', long);
    heard.push(String(await client.search({ all: true })));
    heard.push(`${Math.round(world?.elapsedMs() ?? 0)} ms`);
    await client.logout();
  });
  const end = world.end();
  world = undefined;
  expect(end.leaks).toEqual([]);
  return [...heard, end.digest];
}

it('is the same in a world each time, for a client that compresses by zlib too, and leaves nothing to threads', async () => {
  const first = await compressedSession();
  expect(first.slice(0, 2)).toEqual(['true', '1,2']);
  for (let n = 0; n < 3; n += 1) expect(await compressedSession()).toEqual(first);
});
