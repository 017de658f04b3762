import type { Resource } from './resource.ts';

/** The selected properties of a resource, with its annotations (`@odata.etag`, `subject@odata.type`) left as they are. */
export function pick(resource: Resource, select: readonly string[] | undefined): Resource {
  if (select === undefined) return resource;
  const wanted = new Set(select);
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => wanted.has(name) || name.startsWith('@')),
  );
}
