import { createHash } from 'node:crypto';
import { conversationOf } from '../../mailbox/raw-facts.ts';
import type { StoredMessage } from '../../mailbox/stored-message.ts';

/**
 * X-GM-MSGID: 64 bits, unsigned, decimal. The real ones hold the milliseconds of arrival above 20 bits; here those 20 bits
 * count the mailbox's messages, so that no two of one moment are the same.
 */
export function gmailMessageId({ id, receivedAtMs }: StoredMessage): bigint {
  const serial = Number(id.slice(id.lastIndexOf('-') + 1));
  return (BigInt(Math.max(0, receivedAtMs)) << 20n) | BigInt(serial % (1 << 20));
}

/** X-GM-THRID: the same for all messages of a conversation; 60 bits of what names it. */
export function gmailThreadId({ raw }: StoredMessage): bigint {
  return BigInt(`0x${createHash('sha256').update(conversationOf(raw)).digest('hex').slice(0, 15)}`);
}
