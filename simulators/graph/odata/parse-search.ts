import { QueryError } from './query-error.ts';
import { type SearchTerm, type TextProperty, wordsOf } from './search-terms.ts';

const textProperties: Readonly<Record<string, TextProperty>> = {
  subject: 'subject',
  body: 'body',
  from: 'from',
  to: 'to',
  cc: 'cc',
  bcc: 'bcc',
  recipients: 'recipients',
  participants: 'participants',
  attachment: 'attachments',
  attachmentnames: 'attachments',
  importance: 'importance',
};
const dayMs = 86_400_000;
const part = /\s*(?:([()])|([A-Za-z]+)\s*(:|=|>=|<=|<|>)\s*)?/y;
const quoted = /"((?:[^"\\]|\\.)*)"|'([^']*)'/y;
const bare = /[^\s()"]+/y;

/**
 * Understands a $search: the part of KQL that mail clients use. Words (which find beginnings of words), phrases in
 * quotes, `from: to: cc: bcc: recipients: participants: subject: body: attachment: hasattachment: isread: received:
 * size: importance:`, AND, OR, NOT and parentheses; words without AND between them must all be found. The whole is in
 * double quotes unless it is one plain word (graph/search-query-parameter). Throws `QueryError`.
 */
export function parseSearch(text: string): SearchTerm {
  const trimmed = text.trim();
  const inQuotes = /^"([\s\S]*)"$/.exec(trimmed)?.[1];
  if (inQuotes === undefined) {
    const position = trimmed.search(/[^\p{L}\p{N}_\s.@-]/u);
    if (position >= 0 || trimmed === '')
      throw new QueryError('searchSyntax', {
        character: trimmed[position] ?? '',
        position: Math.max(position, 0),
        name: trimmed,
      });
  }
  return new SearchParser((inQuotes ?? trimmed).replace(/\\(["\\])/g, '$1')).parse();
}

class SearchParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): SearchTerm {
    const term = this.#either();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error();
    return term;
  }

  #either(): SearchTerm {
    const terms = [this.#both()];
    while (this.#takes('OR')) terms.push(this.#both());
    return terms.length === 1 && terms[0] !== undefined ? terms[0] : { kind: 'or', terms };
  }

  #both(): SearchTerm {
    const terms = [this.#unary()];
    for (;;) {
      this.#skipSpace();
      const rest = this.#text.slice(this.#at);
      if (rest === '' || rest.startsWith(')') || /^OR\b/.test(rest)) break;
      this.#takes('AND');
      terms.push(this.#unary());
    }
    return terms.length === 1 && terms[0] !== undefined ? terms[0] : { kind: 'and', terms };
  }

  #unary(): SearchTerm {
    if (this.#takes('NOT')) return { kind: 'not', term: this.#unary() };
    part.lastIndex = this.#at;
    const [whole = '', parenthesis, property, sign] = part.exec(this.#text) ?? [];
    if (parenthesis === '(') {
      this.#at += whole.length;
      const inner = this.#either();
      this.#skipSpace();
      if (this.#text[this.#at] !== ')') throw this.#error();
      this.#at += 1;
      return inner;
    }
    if (parenthesis === ')') throw this.#error();
    if (property !== undefined && sign !== undefined) {
      this.#at += whole.length;
      return this.#restricted(property.toLowerCase(), sign);
    }
    this.#skipSpace();
    return { kind: 'words', property: undefined, words: wordsOf(this.#value()) };
  }

  #restricted(property: string, sign: string): SearchTerm {
    const textProperty = textProperties[property];
    const value = this.#value();
    if (textProperty !== undefined) return { kind: 'words', property: textProperty, words: wordsOf(value) };
    switch (property) {
      case 'hasattachment':
      case 'hasattachments':
        return { kind: 'flag', property: 'hasAttachments', value: /^(true|yes|1)$/i.test(value) };
      case 'isread':
        return { kind: 'flag', property: 'isRead', value: /^(true|yes|1)$/i.test(value) };
      case 'received':
      case 'sent': {
        const [first, last] = value.split('..');
        const fromMs = Date.parse(first ?? '');
        const untilMs = last === undefined ? fromMs : Date.parse(last);
        if (Number.isNaN(fromMs) || Number.isNaN(untilMs)) throw this.#error();
        return {
          kind: 'number',
          property: 'receivedAtMs',
          ...rangeOf(sign, fromMs, endOfDay(last ?? value, untilMs)),
        };
      }
      case 'size': {
        const size = Number(value);
        if (Number.isNaN(size)) throw this.#error();
        return { kind: 'number', property: 'sizeBytes', ...rangeOf(sign, size, size) };
      }
      // A property nobody knows is a word before a colon.
      default:
        return { kind: 'words', property: undefined, words: wordsOf(`${property} ${value}`) };
    }
  }

  #value(): string {
    quoted.lastIndex = this.#at;
    const inQuotes = quoted.exec(this.#text);
    if (inQuotes !== null) {
      this.#at += inQuotes[0].length;
      return inQuotes[1] ?? inQuotes[2] ?? '';
    }
    bare.lastIndex = this.#at;
    const word = bare.exec(this.#text)?.[0];
    if (word === undefined) throw this.#error();
    this.#at += word.length;
    return word;
  }

  #takes(operator: 'AND' | 'OR' | 'NOT'): boolean {
    this.#skipSpace();
    const taken = new RegExp(`^${operator}\\b`).test(this.#text.slice(this.#at));
    if (taken) this.#at += operator.length;
    return taken;
  }

  #skipSpace(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }

  #error(): QueryError {
    return new QueryError('searchSyntax', {
      character: this.#text[this.#at] ?? '',
      position: this.#at,
      name: this.#text,
    });
  }
}

function endOfDay(text: string, ms: number): number {
  return text.includes('T') ? ms : ms + dayMs - 1;
}

function rangeOf(sign: string, first: number, last: number): { from: number; to: number } {
  switch (sign) {
    case '>':
      return { from: last + 1, to: Number.POSITIVE_INFINITY };
    case '>=':
      return { from: first, to: Number.POSITIVE_INFINITY };
    case '<':
      return { from: Number.NEGATIVE_INFINITY, to: first - 1 };
    case '<=':
      return { from: Number.NEGATIVE_INFINITY, to: last };
    default:
      return { from: first, to: last };
  }
}
