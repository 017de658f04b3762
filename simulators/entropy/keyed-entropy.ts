import type { Entropy } from './entropy.ts';

/** Entropy of one world: murmur3-style mixing of (seed, site, subject, ordinal) into 64 bits. Not for secrets. */
export class KeyedEntropy implements Entropy {
  readonly seed: number;
  readonly #ordinals = new Map<string, Map<string, number>>();

  constructor(seed: number) {
    this.seed = seed;
  }

  float(site: string, subject: string, ordinal?: number): number {
    return this.uint32(site, subject, ordinal) / 0x1_0000_0000;
  }

  uint32(site: string, subject: string, ordinal?: number): number {
    return this.#draw(site, subject, ordinal ?? this.#next(site, subject), 0);
  }

  bytes(length: number, site: string, subject: string, ordinal?: number): Buffer {
    const at = ordinal ?? this.#next(site, subject);
    const buffer = Buffer.allocUnsafe(length);
    for (let offset = 0, word = 0; offset < length; offset += 4, word += 1) {
      let value = this.#draw(site, subject, at, word + 1);
      for (let n = offset; n < Math.min(length, offset + 4); n += 1) {
        buffer[n] = value & 0xff;
        value >>>= 8;
      }
    }
    return buffer;
  }

  #next(site: string, subject: string): number {
    let subjects = this.#ordinals.get(site);
    if (subjects === undefined) {
      subjects = new Map();
      this.#ordinals.set(site, subjects);
    }
    const ordinal = subjects.get(subject) ?? 0;
    subjects.set(subject, ordinal + 1);
    return ordinal;
  }

  #draw(site: string, subject: string, ordinal: number, word: number): number {
    let hash = mix(this.seed | 0, Math.trunc(this.seed / 0x1_0000_0000));
    hash = mixText(hash, site);
    hash = mixText(hash, subject);
    hash = mix(hash, ordinal);
    hash = mix(hash, Math.trunc(ordinal / 0x1_0000_0000));
    return finish(mix(hash, word));
  }
}

function mixText(start: number, text: string): number {
  let hash = mix(start, text.length);
  for (let n = 0; n < text.length; n += 1) hash = mix(hash, text.charCodeAt(n));
  return hash;
}

function mix(hash: number, value: number): number {
  let k = Math.imul(value | 0, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
