import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { currentProcess } from '../world/process.ts';
import type { Entropy } from './entropy.ts';

/**
 * Libraries make Message-IDs, boundaries and request ids from the platform's entropy. Like global time it is replaced
 * once per process and never put back: while a world runs it is that world's, drawn under the site `library` for the
 * simulated process that asks, otherwise what it always was.
 */
let active: Entropy | undefined;

/** From here on global entropy is that of a world, or, with undefined, the platform's again. */
export function setGlobalEntropy(entropy: Entropy | undefined): void {
  active = entropy;
}

const real = {
  random: Math.random,
  randomBytes: crypto.randomBytes,
  randomUUID: crypto.randomUUID,
  randomInt: crypto.randomInt,
  randomFillSync: crypto.randomFillSync,
  getRandomValues: crypto.webcrypto.getRandomValues,
  webRandomUUID: crypto.webcrypto.randomUUID,
};

const subject = (): string => currentProcess()?.name ?? 'world';
const draw = (entropy: Entropy, length: number): Buffer => entropy.bytes(length, 'library', subject());

type BytesCallback = (error: Error | null, bytes: Buffer) => void;

function randomBytes(size: number, callback?: BytesCallback): Buffer | undefined {
  if (active === undefined) {
    if (callback === undefined) return real.randomBytes(size);
    return void real.randomBytes(size, callback);
  }
  const bytes = draw(active, size);
  if (callback === undefined) return bytes;
  process.nextTick(callback, null, bytes);
}

function uuid(entropy: Entropy): string {
  const bytes = draw(entropy, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

type IntCallback = (error: Error | null, value: number) => void;

function randomInt(low: number, high?: number | IntCallback, callback?: IntCallback): number | undefined {
  const [from, to, done] = typeof high === 'number' ? [low, high, callback] : [0, low, high];
  if (active === undefined) {
    if (done === undefined) return real.randomInt(from, to);
    return void real.randomInt(from, to, done);
  }
  const value = from + Math.floor((draw(active, 6).readUIntLE(0, 6) / 2 ** 48) * (to - from));
  if (done === undefined) return value;
  process.nextTick(done, null, value);
}

function fill<T extends NodeJS.ArrayBufferView>(view: T, offset = 0, size = view.byteLength - offset): T {
  if (active === undefined) return real.randomFillSync(view, offset, size);
  new Uint8Array(view.buffer, view.byteOffset + offset, size).set(draw(active, size));
  return view;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: true });
}

define(Math, 'random', () =>
  active === undefined ? real.random() : draw(active, 4).readUInt32LE(0) / 0x1_0000_0000,
);
define(crypto, 'randomBytes', randomBytes);
define(crypto, 'randomUUID', () => (active === undefined ? real.randomUUID() : uuid(active)));
define(crypto, 'randomInt', randomInt);
define(crypto, 'randomFillSync', fill);
const prototype = Object.getPrototypeOf(crypto.webcrypto) as object;
define(prototype, 'getRandomValues', function getRandomValues<T extends NodeJS.ArrayBufferView>(view: T): T {
  return active === undefined
    ? (real.getRandomValues.call(crypto.webcrypto, view as never) as T)
    : fill(view);
});
define(prototype, 'randomUUID', () =>
  active === undefined ? real.webRandomUUID.call(crypto.webcrypto) : uuid(active),
);
syncBuiltinESMExports();
