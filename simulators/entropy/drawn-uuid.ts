import type { Entropy } from './entropy.ts';

/** A version 4 UUID (RFC 9562 5.4), drawn by name. */
export function drawnUuid(entropy: Entropy, site: string, subject: string, ordinal?: number): string {
  const bytes = entropy.bytes(16, site, subject, ordinal);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
