import { createHash } from 'node:crypto';
import type { SeenMessage } from './door.ts';

/** A message by its bytes. */
export function seen(raw: Uint8Array, read?: boolean): SeenMessage {
  const head = Buffer.from(raw).toString('latin1', 0, 4_000);
  return {
    sha256: createHash('sha256').update(raw).digest('hex'),
    subject: /^Subject: (.*)\r$/m.exec(head)?.[1] ?? '',
    read,
  };
}
