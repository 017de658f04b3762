/** An address as ENVELOPE shows it (RFC 3501 section 7.4.2). Groups begin with a mailbox alone and end with nothing. */
export interface EnvelopeAddress {
  readonly name: string | undefined;
  readonly route: string | undefined;
  readonly mailbox: string | undefined;
  readonly host: string | undefined;
}

interface Token {
  readonly kind: 'word' | 'comment' | 'special';
  readonly text: string;
  /** White space stands before it. */
  readonly spaced: boolean;
}

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
    // Nothing between two commas is an address that nobody knows.
    else if (stop === ',' && tokens[from - 1]?.text !== ';') found.push(unknown);
    if (stop === ';' && inGroup) {
      inGroup = false;
      found.push(groupEnd);
    }
  }
  if (inGroup) found.push(groupEnd);
  return found;
}

const unknown: EnvelopeAddress = {
  name: undefined,
  route: undefined,
  mailbox: 'MISSING_MAILBOX',
  host: 'MISSING_DOMAIN',
};

const groupEnd: EnvelopeAddress = { name: undefined, route: undefined, mailbox: undefined, host: undefined };

function addressOf(tokens: readonly Token[]): EnvelopeAddress | undefined {
  const open = tokens.findIndex(({ kind, text }) => kind === 'special' && text === '<');
  if (open < 0) {
    const bare = tokens.filter(({ kind }) => kind !== 'comment');
    if (bare.length === 0) return undefined;
    // A comment after the address is the name; one before it is only a comment.
    const last = tokens.at(-1);
    const comment = last?.kind === 'comment' ? last.text : undefined;
    const { mailbox, host } = specOf(bare);
    // Words that are no address are a name without one.
    const loose = bare.some(({ text }, index) => text === '.' && bare[index + 1]?.spaced === true);
    if (loose || (host === undefined && bare.filter(({ kind }) => kind === 'word').length > 1))
      return {
        name: phraseOf(loose ? bare.slice(0, specialAt(bare, '@')) : bare),
        route: undefined,
        mailbox: 'MISSING_MAILBOX',
        host: 'MISSING_DOMAIN',
      };
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
  const stray = inside.findIndex(({ kind, text }) => kind === 'special' && text === '\\');
  const { mailbox, host } = specOf(stray < 0 ? inside : inside.slice(0, stray));
  const name = phraseOf(tokens.slice(0, open));
  // Dovecot's word for an angle that is never closed, and for what stands where nothing may.
  if (close < 0 || (stray >= 0 && host === undefined))
    return { name, route, mailbox: mailbox ?? 'MISSING_MAILBOX', host: 'SYNTAX_ERROR' };
  return { name, route, mailbox: mailbox ?? 'MISSING_MAILBOX', host: host ?? 'MISSING_DOMAIN' };
}

function specialAt(tokens: readonly Token[], special: string): number {
  const at = tokens.findIndex(({ kind, text }) => kind === 'special' && text === special);
  return at < 0 ? tokens.length : at;
}

function specOf(tokens: readonly Token[]): { mailbox: string | undefined; host: string | undefined } {
  const at = tokens.findLastIndex(({ kind, text }) => kind === 'special' && text === '@');
  const joined = (part: readonly Token[]): string | undefined => {
    const text = part.map((token) => token.text).join('');
    return text === '' ? undefined : text;
  };
  if (at < 0) return { mailbox: joined(tokens), host: undefined };
  return { mailbox: joined(tokens.slice(0, at)), host: joined(tokens.slice(at + 1)) };
}

function phraseOf(tokens: readonly Token[]): string | undefined {
  let phrase = '';
  let began = false;
  for (const { kind, text, spaced } of tokens) {
    if (kind === 'comment') continue;
    // A quoted word may have nothing in it.
    phrase += began && spaced && text !== '.' ? ` ${text}` : text;
    began = true;
  }
  return phrase === '' ? undefined : phrase;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let spaced = false;
  const push = (kind: Token['kind'], word: string, next: number): void => {
    tokens.push({ kind, text: word, spaced });
    spaced = false;
    at = next;
  };
  while (at < text.length) {
    const char = text[at] ?? '';
    if (/\s/.test(char)) {
      spaced = true;
      at += 1;
    } else if (char === '"') {
      const [word, next] = quotedFrom(text, at);
      push('word', word, next);
    } else if (char === '(') {
      const [comment, next] = commentFrom(text, at);
      push('comment', comment, next);
    } else if (char === '[') {
      const close = text.indexOf(']', at);
      const next = close < 0 ? text.length : close + 1;
      push('word', text.slice(at, next), next);
    } else if ('<>@,;:.\\'.includes(char)) {
      push('special', char, at + 1);
    } else {
      const from = at;
      while (at < text.length && !/[\s"(<>@,;:.[\\]/.test(text[at] ?? '')) at += 1;
      push('word', text.slice(from, at), at);
    }
  }
  return tokens;
}

/** A quoted string that never ends has nothing in it. */
function quotedFrom(text: string, from: number): [word: string, next: number] {
  let word = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '"') return [word, at + 1];
    if (text[at] === '\\') at += 1;
    word += text[at] ?? '';
  }
  return ['', text.length];
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
