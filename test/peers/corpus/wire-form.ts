/**
 * What Dovecot sends of a stored message, and all it changes: a line end without carriage return gets one, and a
 * message that does not end with a line end gets one (RFC 1939 3: lines end with CRLF). Nothing else is touched:
 * 8-bit bytes, long lines, mbox separators and broken headers go out as they lie on the disk.
 */
export function wireForm(stored: Buffer): Buffer {
  const lines = stored.toString('latin1').replace(/\r?\n/g, '\r\n');
  return Buffer.from(lines.endsWith('\r\n') ? lines : `${lines}\r\n`, 'latin1');
}

/** Trace headers that a delivery puts in front of a message (RFC 5321 4.4), with Dovecot's and Postfix's own. */
const traceLine = /^(?:Return-Path|Received|Delivered-To|X-Original-To|Authentication-Results):/i;

/** A delivered message without what its delivery put in front: the message as it was handed in must be the rest. */
export function deliveredForm(delivered: Buffer, handedIn: Buffer): { rest: Buffer; trace: string[] } {
  const at = delivered.length - handedIn.length;
  const front = delivered.subarray(0, Math.max(at, 0)).toString('latin1');
  const lines = front.split(/\r\n(?![ \t])/).filter((line) => line !== '');
  return {
    rest: delivered.subarray(Math.max(at, 0)),
    trace: lines.map((line) => (traceLine.test(line) ? 'trace' : line)),
  };
}
