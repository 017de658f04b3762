/** The URL of a list with some query options changed, the others as the client wrote them. */
export function linkWith(url: URL, changes: Readonly<Record<string, string>>): string {
  const changed = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = [...url.searchParams].filter(([name]) => {
    const plain = (name.startsWith('$') ? name : `$${name}`).toLowerCase();
    return !changed.has(plain);
  });
  const options = [...kept, ...Object.entries(changes)].map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  return `${url.origin}${url.pathname}?${options.join('&')}`;
}
