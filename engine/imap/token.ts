/** A token of a reply as imapflow's parser gives it: an atom, a string, a literal, a list, or NIL. */
export type Token = Atom | readonly Token[] | null;

interface Atom {
  readonly type?: string;
  readonly value?: string | Buffer | null;
  /** What stands in brackets behind an atom (`BODY[]`), or a response code. */
  readonly section?: readonly Token[];
}

/** A reply of a server, parsed. */
export interface Reply {
  readonly tag: string;
  /** The status of a tagged reply; the keyword or the number of an untagged one. */
  readonly command: string;
  readonly attributes?: readonly Token[];
  /** Instead of attributes, where all of them are numbers (SEARCH). */
  readonly numbers?: readonly number[];
}

/** The text of a token; `undefined` for a list and NIL. */
export function textOf(token: Token | undefined): string | undefined {
  if (token === undefined || token === null || !isAtom(token)) return undefined;
  const { value } = token;
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}

/** The bytes of a string or literal. */
export function bytesOf(token: Token | undefined): Buffer | undefined {
  if (token === undefined || token === null || !isAtom(token)) return undefined;
  const { value } = token;
  if (Buffer.isBuffer(value)) return value;
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : undefined;
}

export function listOf(token: Token | undefined): readonly Token[] {
  return token !== undefined && token !== null && !isAtom(token) ? token : [];
}

/** The texts of a list. */
export function textsOf(token: Token | undefined): string[] {
  return listOf(token).flatMap((one) => textOf(one) ?? []);
}

/** The tokens of the response code in front of a status reply: its name first. */
export function responseCodeOf({ attributes }: Reply): readonly Token[] {
  const first = attributes?.[0];
  if (first === undefined || first === null || !isAtom(first)) return [];
  return first.value ? [] : (first.section ?? []);
}

/** A status reply as the server wrote it, code in brackets and text. */
export function statusText(reply: Reply): string {
  const code = responseCodeOf(reply)
    .map((token) => textOf(token) ?? `(${textsOf(token).join(' ')})`)
    .join(' ');
  const text = (reply.attributes ?? [])
    .map((token) => textOf(token) ?? '')
    .join(' ')
    .trim();
  return code === '' ? text : `[${code}] ${text}`;
}

export function isAtom(token: Token): token is Atom {
  return token !== null && !Array.isArray(token);
}
