import { decodeCharset } from './decode-charset.ts';
import { decodeWords } from './decode-words.ts';

/** A structured field such as Content-Type: what it says, in lower case, and its parameters by lower-case name. */
export interface ParameterizedField {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const parameter = /;\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)/g;

/** Takes such a field apart (RFC 2045 section 5.1), with the continuations and charsets of RFC 2231. */
export function fieldParameters(field: string): ParameterizedField {
  const end = field.indexOf(';');
  const value = (end < 0 ? field : field.slice(0, end)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  const pieces = new Map<string, { at: number; text: string; encoded: boolean }[]>();
  for (const [, key = '', quoted = ''] of field.matchAll(parameter)) {
    const text = quoted.startsWith('"') ? quoted.slice(1, -1).replace(/\\(.)/g, '$1') : quoted;
    const [, name = '', at, star] = /^([^*]*)(?:\*(\d+))?(\*)?$/.exec(key.toLowerCase()) ?? [];
    if (name === '') continue;
    if (at === undefined && star === undefined) parameters.set(name, decodeWords(text));
    else {
      const piece = { at: Number(at ?? 0), text, encoded: star !== undefined };
      const others = pieces.get(name);
      if (others === undefined) pieces.set(name, [piece]);
      else others.push(piece);
    }
  }
  for (const [name, found] of pieces) {
    let charset: string | undefined;
    const parts = found
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, text, encoded }) => {
        if (!encoded) return Buffer.from(text, 'utf8');
        const [, said, rest] = at === 0 ? (/^([^']*)'[^']*'(.*)$/s.exec(text) ?? []) : [];
        charset ??= said;
        return percentDecoded(rest ?? text);
      });
    parameters.set(name, decodeCharset(Buffer.concat(parts), charset));
  }
  return { value, parameters };
}

function percentDecoded(text: string): Buffer {
  const latin = text.replace(/%([0-9A-Fa-f]{2})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(latin, 'latin1');
}
