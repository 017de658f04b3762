import { createHash } from 'node:crypto';

/** What can be said about the bytes of a message; worked out when asked for, and once per Buffer. */
interface RawFacts {
  sha256?: string;
  messageId?: string | null;
  conversation?: string;
  kept?: Buffer;
}

const known = new WeakMap<Buffer, RawFacts>();

function factsOf(raw: Buffer): RawFacts {
  let facts = known.get(raw);
  if (facts === undefined) {
    facts = {};
    known.set(raw, facts);
  }
  return facts;
}

/**
 * The same bytes in memory of their own. A small Buffer usually is a slice of a larger one, which it would keep alive
 * for as long as the message is kept.
 */
export function keptBytes(raw: Buffer): Buffer {
  if (raw.buffer.byteLength <= raw.length + 512) return raw;
  const facts = factsOf(raw);
  if (facts.kept === undefined) {
    facts.kept = Buffer.allocUnsafeSlow(raw.length);
    raw.copy(facts.kept);
  }
  return facts.kept;
}

/** SHA-256 of the raw message, 64 hex digits. */
export function sha256Of(raw: Buffer): string {
  const facts = factsOf(raw);
  facts.sha256 ??= createHash('sha256').update(raw).digest('hex');
  return facts.sha256;
}

/** The Message-ID header field (RFC 5322 section 3.6.4) with its angle brackets, if there is one. */
export function messageIdOf(raw: Buffer): string | undefined {
  const facts = factsOf(raw);
  if (facts.messageId === undefined) {
    facts.messageId = /^message-id:\s*(<[^<>\r\n]*>)/im.exec(headerOf(raw))?.[1] ?? null;
  }
  return facts.messageId ?? undefined;
}

/** Names the conversation a message belongs to: the first id in References, else In-Reply-To, else its own. */
export function conversationOf(raw: Buffer): string {
  const facts = factsOf(raw);
  if (facts.conversation === undefined) {
    const header = headerOf(raw);
    const parent =
      /^references:\s*(<[^<>\r\n]*>)/im.exec(header)?.[1] ??
      /^in-reply-to:\s*(<[^<>\r\n]*>)/im.exec(header)?.[1];
    facts.conversation = parent ?? messageIdOf(raw) ?? sha256Of(raw);
  }
  return facts.conversation;
}

function headerOf(raw: Buffer): string {
  const crlf = raw.indexOf('\r\n\r\n');
  const lf = raw.indexOf('\n\n');
  const end = Math.min(crlf < 0 ? raw.length : crlf, lf < 0 ? raw.length : lf);
  return raw.toString('latin1', 0, end);
}
