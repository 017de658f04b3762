import { afterEach, expect, it } from 'vitest';
import { sleep } from '../clock/clock.ts';
import type { ByteStream } from '../network/byte-stream.ts';
import { loadProfile } from '../profiles/index.ts';
import type { Rule } from '../rules/rule.ts';
import { World } from '../world/world.ts';

// Policy: faults of the wire do to the bytes of an SMTP server what they say, from the moment they fire.

let world: World;
afterEach(() => void world.end());

const profile = loadProfile('dovecot-postfix');

interface Arrival {
  readonly text: string;
  readonly atMs: number;
}

/** Says EHLO in a world with one rule at its command; what arrived after that, piece by piece. */
async function ehloUnder(what: Rule['what'], phase: 'command' | 'reply', waitMs: number): Promise<Arrival[]> {
  const rules: Rule[] = [{ id: 'r', where: { protocol: 'smtp', phase, command: 'EHLO' }, what }];
  world = new World({ seed: 1, rules, providers: [{ profile, domain: 'alpha.test', mailboxes: [] }] });
  return world.run(async () => {
    const stream = await connect();
    const arrivals: Arrival[] = [];
    await sleep(world.clock, 1_000);
    const saidMs = world.elapsedMs();
    stream.on('data', (chunk) =>
      arrivals.push({ text: chunk.toString('latin1'), atMs: world.elapsedMs() - saidMs }),
    );
    stream.write('EHLO client.test\r\n');
    await sleep(world.clock, waitMs);
    stream.destroy();
    return arrivals;
  });
}

const connect = (): Promise<ByteStream> =>
  world.network.connect({ host: 'smtp.alpha.test', port: 465, tls: true });
const text = (arrivals: readonly Arrival[]): string => arrivals.map((arrival) => arrival.text).join('');

const whole = async (): Promise<string> => {
  const reply = text(await ehloUnder({ kind: 'delay', delayMs: 0 }, 'command', 10_000));
  world.end();
  return reply;
};

it('slices leave one by one', async () => {
  const reply = await whole();
  const arrivals = await ehloUnder({ kind: 'slice', maxBytes: 7 }, 'command', 10_000);
  expect(text(arrivals)).toBe(reply);
  expect(arrivals.map((arrival) => arrival.text.length)).toEqual(
    Array.from({ length: Math.ceil(reply.length / 7) }, (_, n) => Math.min(7, reply.length - 7 * n)),
  );
});

it('bandwidth takes its time', async () => {
  const reply = await whole();
  const arrivals = await ehloUnder({ kind: 'bandwidth', bytesPerSecond: 100 }, 'command', 60_000);
  expect(text(arrivals)).toBe(reply);
  // 20 ms there, 20 ms back, and 10 ms a byte.
  expect(arrivals.at(-1)?.atMs).toBe(40 + reply.length * 10);
});

it('corruption replaces so many bytes of the reply and leaves the rest', async () => {
  const reply = await whole();
  const corrupted = text(await ehloUnder({ kind: 'corrupt', bytes: 3 }, 'reply', 10_000));
  expect(corrupted.slice(0, 3)).not.toBe(reply.slice(0, 3));
  expect(corrupted.slice(3)).toBe(reply.slice(3));
});

it('half-open: nothing arrives, nobody is told, and the server lets go when its time is up', async () => {
  const idleMs = profile.smtp?.idleTimeoutMs ?? 0;
  expect(await ehloUnder({ kind: 'half-open' }, 'command', idleMs - 1_000)).toEqual([]);
  const ends = world.trace.last().filter(({ kind }) => kind === 'disconnect');
  expect(ends).toEqual([]);
  await world.run(() => sleep(world.clock, idleMs));
  expect(world.trace.last().filter(({ kind }) => kind === 'disconnect')).toHaveLength(1);
});
