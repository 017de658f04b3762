import { BadArguments } from './bad-arguments.ts';
import type { Literal, SentCommand } from './command-reader.ts';
import { readSequenceSet, type SequenceSet } from './sequence-set.ts';

const atomChar = /[^\x00-\x20\x7f-\xff(){%*"\\\]]/;
const atomPattern = /[^\x00-\x20\x7f-\xff(){%*"\\\]]*/y;
/** An astring may hold `]`; so do the names of Gmail. */
const astringPattern = /[^\x00-\x20\x7f-\xff(){%*"\\]*/y;
const listPattern = /[^\x00-\x20\x7f(){"\\]*/y;
const flagPattern = /\\?[^\x00-\x20\x7f-\xff(){%*"\\\]]+/y;
const setPattern = /[0-9*:,]+/y;
const numberPattern = /[0-9]{1,20}/y;

/**
 * Reads the arguments of one command by the grammar of RFC 3501 section 9. Every method reads what it is named after or
 * throws `BadArguments`. Strings have one character an octet.
 */
export class ArgumentReader {
  readonly #texts: readonly string[];
  readonly #literals: readonly Literal[];
  #part = 0;
  #text: string;
  #at: number;

  /** `at` is where the arguments begin in the first text. */
  constructor({ texts, literals }: SentCommand, at = 0) {
    this.#texts = texts;
    this.#literals = literals;
    this.#text = texts[0] ?? '';
    this.#at = at;
  }

  /** The next character; empty at the end and before a literal. */
  get peek(): string {
    return this.#text[this.#at] ?? '';
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length && !this.atLiteral;
  }

  get atLiteral(): boolean {
    return this.#at >= this.#text.length && this.#part < this.#literals.length;
  }

  /** Passes over `text` (any case) if it is next. */
  skip(text: string): boolean {
    if (this.#text.substr(this.#at, text.length).toUpperCase() !== text.toUpperCase()) return false;
    this.#at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.skip(text)) throw new BadArguments(`'${text}' expected`);
  }

  space(): void {
    this.expect(' ');
  }

  end(): void {
    // Dovecot, too, lets spaces before the line end pass.
    while (this.peek === ' ') this.#at += 1;
    if (!this.atEnd) throw new BadArguments('nothing more expected');
  }

  atom(): string {
    const word = this.#match(atomPattern);
    if (word === '') throw new BadArguments('an atom expected');
    return word;
  }

  get isAtom(): boolean {
    return this.peek !== '' && atomChar.test(this.peek);
  }

  /** A word in upper case. */
  keyword(): string {
    return this.atom().toUpperCase();
  }

  number(): number {
    const digits = this.#match(numberPattern);
    const number = Number(digits);
    if (digits === '' || !Number.isSafeInteger(number)) throw new BadArguments('a number expected');
    return number;
  }

  sequenceSet(): SequenceSet {
    const set = readSequenceSet(this.#match(setPattern));
    if (set === undefined) throw new BadArguments('a sequence set expected');
    return set;
  }

  flag(): string {
    const flag = this.#match(flagPattern);
    if (flag === '') throw new BadArguments('a flag expected');
    return flag;
  }

  get isString(): boolean {
    return this.peek === '"' || this.atLiteral;
  }

  string(): string {
    if (this.atLiteral) return this.literal().bytes.toString('latin1');
    if (this.peek !== '"') throw new BadArguments('a string expected');
    return this.#quoted();
  }

  nstring(): string | undefined {
    return !this.isString && this.skip('NIL') ? undefined : this.string();
  }

  astring(): string {
    if (this.isString) return this.string();
    const word = this.#match(astringPattern);
    if (word === '') throw new BadArguments('a string expected');
    return word;
  }

  /** A pattern of LIST: an astring that may hold wildcards. */
  listPattern(): string {
    if (this.isString) return this.string();
    const word = this.#match(listPattern);
    if (word === '') throw new BadArguments('a mailbox pattern expected');
    return word;
  }

  literal(): Literal {
    const literal = this.#literals[this.#part];
    if (!this.atLiteral || literal === undefined) throw new BadArguments('a literal expected');
    this.#part += 1;
    this.#text = this.#texts[this.#part] ?? '';
    this.#at = 0;
    return literal;
  }

  /** `(` items with single spaces between `)`; none are allowed when `empty` says so. */
  list<T>(item: () => T, options: { readonly empty?: boolean } = {}): readonly T[] {
    this.expect('(');
    const items: T[] = [];
    if (options.empty === true && this.skip(')')) return items;
    for (;;) {
      items.push(item());
      if (this.skip(')')) return items;
      this.space();
    }
  }

  /** Everything up to the end of the line, as it stands. */
  rest(): string {
    const rest = this.#text.slice(this.#at);
    this.#at = this.#text.length;
    return rest;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return '';
    this.#at = pattern.lastIndex;
    return match[0];
  }

  #quoted(): string {
    let out = '';
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const char = this.#text[at] ?? '';
      if (char === '"') {
        this.#at = at + 1;
        return out;
      }
      if (char !== '\\') {
        if (char === '\r' || char === '\0') break;
        out += char;
        continue;
      }
      at += 1;
      const escaped = this.#text[at] ?? '';
      if (escaped !== '"' && escaped !== '\\') break;
      out += escaped;
    }
    throw new BadArguments('a quoted string that ends expected');
  }
}
