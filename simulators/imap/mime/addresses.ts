/** An address as ENVELOPE shows it (RFC 3501 section 7.4.2). Groups begin with a mailbox alone and end with nothing. */
export interface EnvelopeAddress {
  readonly name: string | undefined;
  readonly route: string | undefined;
  readonly mailbox: string | undefined;
  readonly host: string | undefined;
}

type Token =
  | { readonly kind: 'word'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'special'; readonly text: string };

/** Reads an address list (RFC 5322 section 3.4, with the obsolete forms of section 4.4), as much of it as there is. */
export function readAddresses(text: string): readonly EnvelopeAddress[] {
  const tokens = tokensOf(text);
  const found: EnvelopeAddress[] = [];
  let inGroup = false;
  let at = 0;
  while (at < tokens.length) {
    const from = at;
    let inAngle = false;
    while (at < tokens.length) {
      const { kind, text: special } = tokens[at]!; // at < length
      if (kind === 'special') {
        if (special === '<') inAngle = true;
        else if (special === '>') inAngle = false;
        else if (!inAngle && (special === ',' || special === ';' || special === ':')) break;
      }
      at += 1;
    }
    const item = tokens.slice(from, at);
    const stop = tokens[at]?.text;
    at += 1;
    if (stop === ':' && !inGroup) {
      inGroup = true;
      found.push({ name: undefined, route: undefined, mailbox: phraseOf(item) ?? '', host: undefined });
      continue;
    }
    const address = addressOf(item);
    if (address !== undefined) found.push(address);
    if (stop === ';' && inGroup) {
      inGroup = false;
      found.push(groupEnd);
    }
  }
  if (inGroup) found.push(groupEnd);
  return found;
}

const groupEnd: EnvelopeAddress = { name: undefined, route: undefined, mailbox: undefined, host: undefined };

function addressOf(tokens: readonly Token[]): EnvelopeAddress | undefined {
  const open = tokens.findIndex(({ kind, text }) => kind === 'special' && text === '<');
  if (open < 0) {
    const bare = tokens.filter(({ kind }) => kind !== 'comment');
    if (bare.length === 0) return undefined;
    const comment = tokens.findLast(({ kind }) => kind === 'comment')?.text;
    const { mailbox, host } = specOf(bare);
    // Words that are no address are a name without one.
    if (host === undefined && bare.filter(({ kind }) => kind === 'word').length > 1)
      return { name: phraseOf(bare), route: undefined, mailbox: 'MISSING_MAILBOX', host: 'MISSING_DOMAIN' };
    return {
      name: comment,
      route: undefined,
      mailbox: mailbox ?? 'MISSING_MAILBOX',
      host: host ?? 'MISSING_DOMAIN',
    };
  }
  const close = tokens.findIndex(
    ({ kind, text }, index) => index > open && kind === 'special' && text === '>',
  );
  let inside = tokens.slice(open + 1, close < 0 ? undefined : close).filter(({ kind }) => kind !== 'comment');
  let route: string | undefined;
  const colon = inside.findIndex(({ kind, text }) => kind === 'special' && text === ':');
  if (colon >= 0 && inside[0]?.text === '@') {
    route = inside
      .slice(0, colon)
      .map(({ text }) => text)
      .join('');
    inside = inside.slice(colon + 1);
  }
  const { mailbox, host } = specOf(inside);
  const name = phraseOf(tokens.slice(0, open).filter(({ kind }) => kind !== 'comment'));
  return { name, route, mailbox: mailbox ?? 'MISSING_MAILBOX', host: host ?? 'MISSING_DOMAIN' };
}

function specOf(tokens: readonly Token[]): { mailbox: string | undefined; host: string | undefined } {
  const at = tokens.findLastIndex(({ kind, text }) => kind === 'special' && text === '@');
  const joined = (part: readonly Token[]): string | undefined =>
    part.length === 0 ? undefined : part.map(({ text }) => text).join('');
  if (at < 0) return { mailbox: joined(tokens), host: undefined };
  return { mailbox: joined(tokens.slice(0, at)), host: joined(tokens.slice(at + 1)) };
}

function phraseOf(tokens: readonly Token[]): string | undefined {
  let phrase = '';
  for (const { kind, text } of tokens) {
    if (kind === 'comment') continue;
    if (kind === 'special') phrase += text;
    else phrase += phrase === '' || phrase.endsWith('.') ? text : ` ${text}`;
  }
  return phrase === '' ? undefined : phrase;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    if (/\s/.test(char)) at += 1;
    else if (char === '"') {
      const [word, next] = quotedFrom(text, at);
      tokens.push({ kind: 'word', text: word, quoted: true });
      at = next;
    } else if (char === '(') {
      const [comment, next] = commentFrom(text, at);
      tokens.push({ kind: 'comment', text: comment });
      at = next;
    } else if (char === '[') {
      const close = text.indexOf(']', at);
      const next = close < 0 ? text.length : close + 1;
      tokens.push({ kind: 'word', text: text.slice(at, next), quoted: false });
      at = next;
    } else if ('<>@,;:.'.includes(char)) {
      tokens.push({ kind: 'special', text: char });
      at += 1;
    } else {
      const from = at;
      while (at < text.length && !/[\s"(<>@,;:.[]/.test(text[at] ?? '')) at += 1;
      tokens.push({ kind: 'word', text: text.slice(from, at), quoted: false });
    }
  }
  return tokens;
}

function quotedFrom(text: string, from: number): [word: string, next: number] {
  let word = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '"') return [word, at + 1];
    if (text[at] === '\\') at += 1;
    word += text[at] ?? '';
  }
  return [word, text.length];
}

function commentFrom(text: string, from: number): [comment: string, next: number] {
  let depth = 0;
  let comment = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      comment += text[at + 1] ?? '';
      at += 1;
    } else if (char === '(') {
      if (depth > 0) comment += char;
      depth += 1;
    } else if (char === ')') {
      depth -= 1;
      if (depth === 0) return [comment.trim(), at + 1];
      comment += char;
    } else comment += char;
  }
  return [comment.trim(), text.length];
}
