import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Sentinel } from './sentinel.ts';

// Policy: whatever would make two runs of one seed differ is caught while a world runs, and its call site is named.

async function watch(doing: () => unknown): Promise<string[]> {
  const sentinel = new Sentinel();
  sentinel.start();
  await doing();
  return sentinel.stop().map(({ resource, callSite }) => `${resource} at ${callSite}`);
}

describe('the sentinel', () => {
  it.each<[string, () => unknown]>([
    ['Timeout', () => clearTimeout(setTimeout(() => {}, 1000))],
    ['Timeout', () => new net.Socket().setTimeout(1).destroy()],
    [
      'TCPWRAP',
      () =>
        net
          .connect(9, '127.0.0.1')
          .on('error', () => {})
          .destroy(),
    ],
    ['FSREQPROMISE', () => fs.promises.stat('.')],
    ['SCRYPTREQUEST', () => new Promise((resolve) => crypto.scrypt('a', 'b', 16, resolve))],
    ['ZLIB', () => new Promise((resolve) => zlib.deflateRaw('a', resolve))],
    ['ZLIB', () => zlib.createDeflateRaw().end('a')],
    ['Timeout', () => wait(1)],
  ])('names the call site of a %s', async (resource, doing) => {
    const leaks = await watch(doing);
    expect(
      leaks.filter((leak) => leak.startsWith(`${resource} at `) && leak.includes('sentinel.test.ts')),
    ).not.toEqual([]);
  });

  it('is silent about promises, ticks, immediates and synchronous work', async () => {
    const leaks = await watch(async () => {
      await Promise.resolve();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      await new Promise<void>((resolve) => setImmediate(resolve));
      fs.statSync('.');
      zlib.deflateRawSync('a');
      crypto.createHash('sha256').update('a').digest();
    });
    expect(leaks).toEqual([]);
  });

  it('hears nothing after it stopped', async () => {
    const sentinel = new Sentinel();
    sentinel.start();
    sentinel.stop();
    clearTimeout(setTimeout(() => {}, 1000));
    expect(sentinel.stop()).toEqual([]);
  });
});
