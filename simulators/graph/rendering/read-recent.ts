import { ReadMessage } from '../../mime/read-message.ts';

/** The messages that were read last; each is read once however many of its properties are asked for. */
const recent = new Map<Buffer, ReadMessage>();
const recentAtMost = 64;
/** A larger one is read anew each time, and not kept alive. */
const keptBytesAtMost = 1_000_000;

/** A message read; what was worked out for the last few is kept. */
export function readRecent(raw: Buffer): ReadMessage {
  const known = recent.get(raw);
  if (known !== undefined) return known;
  const read = new ReadMessage(raw);
  if (raw.length > keptBytesAtMost) return read;
  if (recent.size >= recentAtMost) {
    const [oldest] = recent.keys();
    if (oldest !== undefined) recent.delete(oldest);
  }
  recent.set(raw, read);
  return read;
}
