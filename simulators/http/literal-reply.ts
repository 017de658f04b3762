/** An HTTP reply that a rule or a limit spells out. */
export interface LiteralReply {
  readonly status: number;
  /** For the error envelope of the service that answers, when there is no literal body. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Present when the text has an empty line: all that follows it, possibly nothing. */
  readonly body?: string | undefined;
}

const known = new Map<string, LiteralReply>();
const knownAtMost = 256;

/**
 * Reads the HTTP form of a reply text: `<status>[ <code>[ <message>]]`, then `Header: value` lines, then optionally an
 * empty line and a literal body. Throws when the first line has no status, or a header line no colon.
 */
export function literalReply(text: string): LiteralReply {
  const before = known.get(text);
  if (before !== undefined) return before;
  const reply = parse(text);
  if (known.size >= knownAtMost) known.clear();
  known.set(text, reply);
  return reply;
}

function parse(text: string): LiteralReply {
  const empty = text.indexOf('\n\n');
  const [first = '', ...lines] = (empty < 0 ? text : text.slice(0, empty)).split('\n');
  const [, status, code, message] = /^([1-5]\d\d)(?: (\S+)(?: (.*))?)?$/.exec(first) ?? [];
  if (status === undefined)
    throw new Error(
      `"${first}" is no HTTP reply of a rule or limit: begin with a status, as in "503" or "429 ApplicationThrottled Try later.".`,
    );
  const headers: Record<string, string> = {};
  // A text whose last line is empty has an empty body.
  const trimmed = empty < 0 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  for (const line of trimmed) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error(`"${line}" of an HTTP reply is no header: write "Name: value".`);
    headers[line.slice(0, colon)] = line.slice(colon + 1).trim();
  }
  const body = empty >= 0 ? text.slice(empty + 2) : trimmed === lines ? undefined : '';
  return { status: Number(status), code, message, headers, body };
}
