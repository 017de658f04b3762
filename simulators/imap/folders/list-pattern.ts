/**
 * Whether a name fits one of some LIST patterns (RFC 3501 section 6.3.8): `*` is anything, `%` anything without the
 * hierarchy separator `/`. INBOX fits in any case.
 */
export function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map((pattern) => ({
    exact: expressionOf(pattern, ''),
    inbox: expressionOf(pattern, 'i'),
  }));
  return (name) =>
    expressions.some(
      ({ exact, inbox }) => exact.test(name) || (name.toUpperCase() === 'INBOX' && inbox.test(name)),
    );
}

function expressionOf(pattern: string, flags: string): RegExp {
  const source = pattern.replace(/[*%]+|[.+?^${}()|[\]\\]/g, (part) =>
    part.includes('*') ? '[^]*' : part.startsWith('%') ? '[^/]*' : `\\${part}`,
  );
  return new RegExp(`^${source}$`, flags);
}
