import { GraphError } from './graph-error.ts';
import type { GraphRoute } from './graph-route.ts';
import { segmentsOf } from './route-table.ts';

/** Where a path leads, before routes are looked at. */
export interface Located {
  readonly scope: NonNullable<GraphRoute['scope']>;
  /** What follows the prefix, decoded. */
  readonly segments: readonly string[];
  /** The same as it was written, with the slash before it. */
  readonly rest: string;
  /** Whose mailbox: an address or id, or `me`; undefined where none is named. */
  readonly user: string | undefined;
  /** What precedes `rest`, as it was written. */
  readonly prefix: string;
}

/**
 * Takes the version and the user off a path. Paths outside `/v1.0` carry their own permission. OData's other spellings
 * are understood: `users('anna@alpha.test')`, `delta()`. Throws `GraphError` 400 for what cannot be decoded.
 */
export function locate(pathname: string): Located {
  const written = pathname.includes('(') ? slashed(pathname) : pathname;
  const version = /^\/v1\.0(?=\/|$)/i.exec(written)?.[0];
  if (version === undefined) return located('open', '', written, undefined);
  const rest = written.slice(version.length);
  const me = /^\/me(?=\/|$)/i.exec(rest)?.[0];
  if (me !== undefined) return located('mailbox', version + me, rest.slice(me.length), 'me');
  const [named, user] = /^\/users\/([^/]+)/i.exec(rest) ?? [];
  if (named === undefined || user === undefined) return located('service', version, rest, undefined);
  return located('mailbox', version + named, rest.slice(named.length), decoded(user));
}

function located(scope: Located['scope'], prefix: string, rest: string, user: string | undefined): Located {
  const parts = segmentsOf(rest);
  return { scope, prefix, rest, user, segments: rest.includes('%') ? parts.map(decoded) : parts };
}

/** `messages('a')/attachments('b')` as `messages/a/attachments/b`, and `delta()` as `delta`. */
function slashed(pathname: string): string {
  return pathname
    .replace(/\('([^')]*)'\)/g, '/$1')
    .replace(/\(%27([^')]*?)%27\)/gi, '/$1')
    .replaceAll('()', '');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new GraphError(400, 'BadRequest', `The path segment '${segment}' is not encoded properly.`);
  }
}
