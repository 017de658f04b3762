/** A MIME field with parameters: Content-Type, Content-Disposition (RFC 2045 section 5.1, RFC 2183). */
export interface Parametrized {
  /** What stands before the first semicolon; for a type `type/subtype`. */
  readonly value: string;
  /** As they stand, `filename*0*` and the like included, in order. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Reads leniently: what is no parameter is passed over. Comments (RFC 822) are taken out. */
export function readParameters(text: string): Parametrized {
  const cursor = new Cursor(text);
  const value = cursor.until(';').trim();
  const parameters: [string, string][] = [];
  while (cursor.next(';')) {
    const name = cursor.until('=;').trim();
    if (!cursor.next('=')) continue;
    const given = cursor.value();
    // A quoted value that never ends is none.
    if (name !== '' && given !== undefined) parameters.push([name, given]);
    cursor.until(';');
  }
  return { value, parameters };
}

const mediaType = /^[^\s()<>@,;:\\"/[\]?=]+(\s*\/\s*[^\s()<>@,;:\\"/[\]?=]+)?$/;

/** Whether a Content-Type begins with a type. One without a subtype stands only alone, as Dovecot has it. */
export function namesType(text: string, { value }: Parametrized): boolean {
  const match = mediaType.exec(value);
  return match !== null && (match[1] !== undefined || !text.includes(';'));
}

/** The parameter of a name, in any case. */
export function parameterOf({ parameters }: Parametrized, name: string): string | undefined {
  return parameters.find(([one]) => one.toLowerCase() === name)?.[1];
}

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Passes over one character if it is next. */
  next(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  /** Everything before the first of some characters, without comments. */
  until(stops: string): string {
    let out = '';
    while (this.#at < this.#text.length && !stops.includes(this.#text[this.#at] ?? '')) {
      if (this.#text[this.#at] === '(') this.#skipComment();
      else if (this.#text[this.#at] === '"') out += this.#quoted();
      else out += this.#text[this.#at++];
    }
    return out;
  }

  value(): string | undefined {
    while (/[\s(]/.test(this.#text[this.#at] ?? '')) {
      if (this.#text[this.#at] === '(') this.#skipComment();
      else this.#at += 1;
    }
    if (this.#text[this.#at] !== '"') return this.#token();
    const quoted = this.#quoted();
    return this.#ended ? quoted : undefined;
  }

  #token(): string {
    const from = this.#at;
    // A value that begins with `=` is an encoded word that should not be there, and is taken as it is.
    const stop = this.#text[from] === '=' ? /[\s;]/ : /[\s()<>@,;:\\"/[\]?=]/;
    while (this.#at < this.#text.length && !stop.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text.slice(from, this.#at);
  }

  /** Whether the last quoted string ended. */
  #ended = true;

  #quoted(): string {
    let out = '';
    this.#ended = false;
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      if (this.#text[this.#at] === '"') {
        this.#at += 1;
        this.#ended = true;
        break;
      }
      if (this.#text[this.#at] === '\\') this.#at += 1;
      out += this.#text[this.#at] ?? '';
    }
    return out;
  }

  #skipComment(): void {
    let depth = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === '\\') this.#at += 1;
      else if (char === '(') depth += 1;
      else if (char === ')') {
        depth -= 1;
        if (depth === 0) {
          this.#at += 1;
          return;
        }
      }
    }
  }
}
