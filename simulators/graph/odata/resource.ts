/** A rendered resource, as it would leave in a reply. */
export type Resource = Readonly<Record<string, unknown>>;

/** The value at a path; undefined where the path ends early. */
export function valueAt(resource: unknown, path: readonly string[]): unknown {
  let value = resource;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    // An object that is not null can be read by name.
    value = (value as Resource)[name];
  }
  return value;
}
