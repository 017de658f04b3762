/** One message of a maildrop as a session shows it; numbers hold for this session only. */
export interface ListedMessage {
  readonly number: number;
  /** 1–70 characters 0x21–0x7E (RFC 1939 7); longer ones occur and are kept as they are. */
  readonly uidl: string;
}

/** `number value` per line, as UIDL gives it. Lines that are not of that form are left out. */
export function parseUidl(body: Buffer): ListedMessage[] {
  const listed: ListedMessage[] = [];
  eachLine(body, (number, value) => {
    if (value !== '') listed.push({ number, uidl: value });
  });
  return listed;
}

/** Sizes in bytes by message number, as LIST gives them: estimates on some servers (Exchange). */
export function parseList(body: Buffer): Map<number, number> {
  const sizes = new Map<number, number>();
  eachLine(body, (number, value) => {
    const sizeBytes = Number.parseInt(value, 10);
    if (sizeBytes >= 0) sizes.set(number, sizeBytes);
  });
  return sizes;
}

function eachLine(body: Buffer, line: (number: number, value: string) => void): void {
  const text = body.toString('latin1');
  let from = 0;
  while (from < text.length) {
    let end = text.indexOf('\r\n', from);
    if (end === -1) end = text.length;
    const space = text.indexOf(' ', from);
    if (space !== -1 && space < end) {
      const number = Number(text.slice(from, space));
      if (Number.isInteger(number) && number > 0) {
        const value = text.slice(space + 1, end).trim();
        const next = value.indexOf(' ');
        line(number, next === -1 ? value : value.slice(0, next));
      }
    }
    from = end + 2;
  }
}
