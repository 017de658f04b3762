/** One reply of an SMTP server (RFC 5321 4.2), its lines joined by a space, its enhanced code (RFC 3463) taken out. */
export interface SmtpReply {
  readonly code: number;
  readonly enhanced: string | undefined;
  /** At most 500 characters. */
  readonly text: string;
}

const line = /^(\d{3})(?:[ -](?:([245]\.\d{1,3}\.\d{1,3})(?:\s|$))?\s*(.*))?$/;

/** Reads a reply as it came off the wire, without its last line end; `undefined` when it is no SMTP reply. */
export function parseReply(raw: string): SmtpReply | undefined {
  const lines = raw.split(/\r?\n/);
  const first = line.exec(lines[0] ?? '');
  if (first === null) return undefined;
  const texts = lines.map((each) => line.exec(each)?.[3]?.trim() ?? each.trim());
  const text = texts.filter((each) => each !== '').join(' ');
  return { code: Number(first[1]), enhanced: first[2], text: text.slice(0, 500) };
}

/** `550 5.1.1 No such user`, as people read it. */
export function formatReply(reply: SmtpReply): string {
  return [reply.code, reply.enhanced, reply.text]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}
