import type { Entropy } from '../entropy/entropy.ts';

/** Changes up to `count` bytes of a body, drawn by name. Line ends and dots stay, so that the reply still ends. */
export function corrupt(
  body: Buffer,
  count: number,
  entropy: Entropy,
  connection: string,
  site = 'pop3.corrupt',
): Buffer {
  const changed = Buffer.from(body);
  for (let n = 0; n < count && changed.length > 0; n += 1) {
    const at = entropy.uint32(site, connection) % changed.length;
    const byte = changed[at];
    if (byte === undefined || byte === 10 || byte === 13 || byte === 46) continue;
    changed[at] = byte === 0x58 ? 0x59 : 0x58;
  }
  return changed;
}
