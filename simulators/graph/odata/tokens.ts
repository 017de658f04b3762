import { QueryError } from './query-error.ts';

/** A word, a literal or a sign of a filter, and where it began (counted from 0). */
export interface FilterToken {
  readonly kind: 'word' | 'string' | 'number' | 'dateTime' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const date = /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?/iy;
const number = /-?\d+(?:\.\d+)?/y;
const word = /[@A-Za-z_][\w@.]*/y;
const sign = /[()/,:]/y;
const space = /\s+/y;

/** Takes a filter apart (OData 4.01 URL conventions, section 5.1.1). Throws `QueryError` where it cannot. */
export function tokensOf(text: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const gap = take(space);
    if (gap !== undefined) {
      at += gap.length;
      continue;
    }
    if (text[at] === "'") {
      const quoted = quotedAt(text, at);
      tokens.push({ kind: 'string', text: quoted.value, at });
      at = quoted.end;
      continue;
    }
    const found = (
      [
        ['dateTime', date],
        ['number', number],
        ['word', word],
        ['sign', sign],
      ] as const
    )
      .map(([kind, pattern]) => ({ kind, text: take(pattern) }))
      .find((candidate) => candidate.text !== undefined);
    if (found?.text === undefined) throw new QueryError('filterSyntax', { position: at, name: text });
    tokens.push({ kind: found.kind, text: found.text, at });
    at += found.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

/** A string in quotes; a quote inside is written twice. */
function quotedAt(text: string, start: number): { value: string; end: number } {
  let value = '';
  let at = start + 1;
  for (;;) {
    const close = text.indexOf("'", at);
    if (close < 0) throw new QueryError('filterSyntax', { position: text.length, name: text });
    value += text.slice(at, close);
    if (text[close + 1] !== "'") return { value, end: close + 1 };
    value += "'";
    at = close + 2;
  }
}
