/** One field of a header block, by its place in the message. */
export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** First octet of the name. */
  readonly from: number;
  /** First octet after the colon. */
  readonly valueFrom: number;
  /** First octet after the field's last line end. */
  readonly to: number;
}

/** The header block of a message or part (RFC 5322 section 2.2). */
export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** First octet after the empty line; the end of the bytes looked at when there is none. */
  readonly bodyFrom: number;
  /** First octet of the empty line; `bodyFrom` when there is none. */
  readonly emptyLineFrom: number;
}

const LF = 10;
const CR = 13;
const COLON = 58;

/**
 * Reads the header block that begins at `from`. Lines without a colon that continue nothing are fields without a name:
 * mail has them, and clients get them with the rest. `stopAt` ends the block before its empty line (a MIME boundary).
 */
export function readHeaderBlock(
  bytes: Buffer,
  from: number,
  to: number,
  stopAt?: (lineFrom: number) => boolean,
): HeaderBlock {
  const fields: HeaderField[] = [];
  let at = from;
  while (at < to) {
    if (stopAt?.(at) === true) return { fields, bodyFrom: at, emptyLineFrom: at };
    const lf = bytes.indexOf(LF, at);
    const next = lf < 0 || lf >= to ? to : lf + 1;
    if (next - at === (bytes[at] === CR ? 2 : 1) && bytes[next - 1] === LF)
      return { fields, bodyFrom: next, emptyLineFrom: at };
    const first = bytes[at];
    const last = fields.at(-1);
    if ((first === 32 || first === 9) && last !== undefined)
      fields[fields.length - 1] = { ...last, to: next };
    else fields.push(fieldAt(bytes, at, next));
    at = next;
  }
  return { fields, bodyFrom: to, emptyLineFrom: to };
}

function fieldAt(bytes: Buffer, from: number, to: number): HeaderField {
  const colon = bytes.indexOf(COLON, from);
  if (colon < 0 || colon >= to) return { name: '', from, valueFrom: from, to };
  const name = bytes.toString('latin1', from, colon).trimEnd().toLowerCase();
  return { name, from, valueFrom: colon + 1, to };
}

/** The value of a field, unfolded (a space where a line was folded, as Dovecot has it), one character an octet. */
export function fieldValue(bytes: Buffer, field: HeaderField): string {
  return bytes
    .toString('latin1', field.valueFrom, field.to)
    .replace(/\r?\n[ \t]/g, ' ')
    .replace(/\r?\n$/, '')
    .trim();
}

/** The values of all fields of a name (lower case), in their order. */
export function valuesOf(bytes: Buffer, { fields }: HeaderBlock, name: string): readonly string[] {
  return fields.filter((one) => one.name === name).map((field) => fieldValue(bytes, field));
}

/** The value of the first field of a name (lower case). */
export function firstValue(bytes: Buffer, { fields }: HeaderBlock, name: string): string | undefined {
  const field = fields.find((one) => one.name === name);
  return field === undefined ? undefined : fieldValue(bytes, field);
}
