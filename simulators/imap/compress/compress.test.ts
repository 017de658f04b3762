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
import { Inflater } from './inflater.ts';

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
  const text = `Subject: long\r\n\r\n${'all of this is said many times over\r\n'.repeat(20_000)}`;
  serving = await serve({
    profile: loadProfile('gmail-workspace'),
    domain: 'alpha.test',
    mailboxes: [{ address: 'anna@alpha.test', password: 's3cret' }],
    messages: [Buffer.from(text)],
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
  expect(message !== false && message.source?.toString() === text).toBe(true);
  await client.append('INBOX', text);
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
  const inflater = new Inflater();
  const heard: string[] = [];
  await world.run(async () => {
    const socket = await connector.connectSocket({ host: 'imap.alpha.test', port: 993, tls: true });
    let packed = false;
    let text = '';
    let wake = (): void => {};
    socket.on('data', (chunk: Buffer) => {
      if (packed) {
        inflater.push(chunk);
        for (let piece = inflater.read(); piece !== undefined; piece = inflater.read()) text += piece;
      } else text += chunk;
      wake();
    });
    const until = async (mark: string): Promise<void> => {
      while (!text.includes(mark)) await new Promise<void>((resolve) => (wake = resolve));
      heard.push(text);
      text = '';
    };
    await until('\r\n');
    socket.write('a LOGIN anna@alpha.test s3cret\r\n');
    await until('a OK');
    socket.write('b COMPRESS DEFLATE\r\n');
    await until('b OK');
    packed = true;
    socket.write(deflate('c LIST "" *\r\n'));
    await until('c OK');
    socket.write(deflate('d LOGOUT\r\n'));
    await until('d OK');
  });
  const end = world.end();
  world = undefined;
  expect(end.leaks).toEqual([]);
  return [...heard, end.digest];
}

it('is the same in a world each time, and leaves nothing to threads', async () => {
  const first = await compressedSession();
  expect(first.join('')).toContain('[Gmail]/All Mail');
  expect(await compressedSession()).toEqual(first);
});
