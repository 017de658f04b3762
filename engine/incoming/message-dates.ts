import { parseDate } from './parse-date.ts';

/** A header line as it stands in the message: lower-case name, and the whole line with its folding. */
export interface HeaderLine {
  readonly key: string;
  readonly line: string;
}

/** The Date header, ms since epoch. */
export function sentDate(lines: readonly HeaderLine[]): number | undefined {
  const line = lines.find((candidate) => candidate.key === 'date');
  return line === undefined ? undefined : parseDate(headerValue(line));
}

/**
 * When the message reached the mailbox: the date of the topmost Received header, which the mailbox's own server
 * wrote (RFC 5321 4.4), else what the sender says in Date. "Received after" is decided by it.
 */
export function receivedDate(lines: readonly HeaderLine[]): number | undefined {
  const line = lines.find((candidate) => candidate.key === 'received');
  if (line !== undefined) {
    const stamp = parseDate(line.line.slice(line.line.lastIndexOf(';') + 1).replace(/\s+/g, ' '));
    if (stamp !== undefined) return stamp;
  }
  return sentDate(lines);
}

/** The header lines of what TOP n 0 gave. */
export function headerLines(bytes: Buffer): HeaderLine[] {
  const lines: HeaderLine[] = [];
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const headers = end === -1 ? text : text.slice(0, end);
  for (const line of headers.split(/\r?\n(?![ \t])/)) {
    const colon = line.indexOf(':');
    if (colon > 0) lines.push({ key: line.slice(0, colon).trim().toLowerCase(), line });
  }
  return lines;
}

function headerValue(line: HeaderLine): string {
  return line.line.slice(line.line.indexOf(':') + 1).replace(/\s+/g, ' ');
}
