/** What a subscription watches: a user, and one of his folders or all of them. */
export interface WatchedResource {
  /** `me`, an address or an id. */
  readonly user: string;
  /** A folder's id or well-known name. */
  readonly folder: string | undefined;
}

const pattern =
  /^\/?(?:me|users(?:\/([^/()]+)|\('([^']+)'\)))(?:\/mailfolders(?:\/([^/()]+)|\('([^']+)'\)))?\/messages\/?$/i;

/**
 * Reads the `resource` of a subscription: `me/messages`, `users/{id}/mailFolders('{id}')/messages`. Undefined for what
 * is not mail, or has a query.
 */
export function watchedResource(text: string): WatchedResource | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, user, quotedUser, folder, quotedFolder] = match;
  return { user: decoded(user ?? quotedUser) ?? 'me', folder: decoded(folder ?? quotedFolder) };
}

/** A resource may be written as in a URL or plainly; what does not decode is plain. */
function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
