/**
 * Whether a name fits one of some LIST patterns (RFC 3501 section 6.3.8): `*` is anything, `%` anything without the
 * hierarchy separator `/`. INBOX fits in any case. The time is at most the pattern's length times the name's.
 */
export function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  return (name) => {
    const isInbox = name.toUpperCase() === 'INBOX';
    return patterns.some(
      (pattern) => fits(pattern, name) || (isInbox && fits(pattern.toUpperCase(), 'INBOX')),
    );
  };
}

function fits(pattern: string, name: string): boolean {
  // Whether the pattern so far fits the first n characters of the name, for each n.
  let prefixes = Array.from({ length: name.length + 1 }, (_, n) => n === 0);
  let before = '';
  for (const char of pattern.split('')) {
    if ((char === '*' || char === '%') && before === '*') continue;
    const next: boolean[] = [];
    for (let n = 0; n <= name.length; n += 1) {
      const last = name[n - 1];
      next[n] =
        char === '*' || char === '%'
          ? prefixes[n] === true || (n > 0 && next[n - 1] === true && (char === '*' || last !== '/'))
          : n > 0 && prefixes[n - 1] === true && last === char;
    }
    prefixes = next;
    before = char;
  }
  return prefixes[name.length] === true;
}
