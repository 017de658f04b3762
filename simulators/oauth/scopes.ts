import type { RegisteredApp } from './registered-app.ts';
import { TokenRefusal } from './token-refusal.ts';

/** Scopes of OpenID Connect: they name no permission of an API. */
const openId = new Set(['openid', 'profile', 'email', 'offline_access']);

const dotDefault = '/.default';

export interface RequestedScopes {
  /** Names of permissions, without the resource they belong to. */
  readonly granted: readonly string[];
  /** The resource they are for: `https://graph.microsoft.com`. */
  readonly resource: string;
  /** An id token is asked for too. */
  readonly signIn: boolean;
  readonly offline: boolean;
}

/** An application asks for all it may do at one resource, and can ask for nothing else. Throws `TokenRefusal`. */
export function applicationScope(app: RegisteredApp, scope: string): RequestedScopes {
  const [only = '', ...more] = scope.split(' ').filter((word) => word !== '');
  if (more.length > 0 || !only.endsWith(dotDefault)) throw new TokenRefusal(1002012, { scope });
  const resource = only.slice(0, -dotDefault.length);
  return { granted: app.roles, resource, signIn: false, offline: false };
}

/**
 * What a user's client asks for: `.default` (all the application has consent for), or permissions by name, with the
 * resource in front or, for Graph, without. Separated by spaces; a comma is refused, as Entra does and Microsoft's
 * consumer service does not. Throws `TokenRefusal`.
 */
export function userScopes(app: RegisteredApp, scope: string): RequestedScopes {
  if (scope.includes(',')) throw new TokenRefusal(70011, { scope });
  const words = scope.split(' ').filter((word) => word !== '');
  const permissions = words.filter((word) => !openId.has(word.toLowerCase()));
  const names = permissions.map((word) => word.slice(word.lastIndexOf('/') + 1));
  const granted = names.includes('.default')
    ? app.roles
    : names.map((name) => {
        const role = app.roles.find((known) => known.toLowerCase() === name.toLowerCase());
        if (role === undefined) throw new TokenRefusal(65001, { app: app.clientId });
        return role;
      });
  const [first = ''] = permissions;
  const resource = first.includes('/')
    ? first.slice(0, first.lastIndexOf('/'))
    : 'https://graph.microsoft.com';
  return {
    granted,
    resource,
    signIn: words.includes('openid'),
    offline: words.includes('offline_access'),
  };
}
