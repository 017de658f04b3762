/** What a path of the login host is for. `operation` is the name rules, limits and the trace know it by. */
export interface OAuthRoute {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly operation: string;
  readonly kind: 'metadata' | 'instances' | 'keys' | 'device-code' | 'token';
}

/** Every path the login host serves; the first part of each is the tenant. */
export const oauthRoutes: readonly OAuthRoute[] = [
  {
    method: 'POST',
    path: /^\/([^/]+)\/oauth2\/v2\.0\/token$/,
    operation: 'POST /token',
    kind: 'token',
  },
  {
    method: 'POST',
    path: /^\/([^/]+)\/oauth2\/v2\.0\/devicecode$/,
    operation: 'POST /devicecode',
    kind: 'device-code',
  },
  {
    method: 'GET',
    path: /^\/([^/]+)\/(?:v2\.0\/)?\.well-known\/openid-configuration$/,
    operation: 'GET /.well-known/openid-configuration',
    kind: 'metadata',
  },
  {
    method: 'GET',
    path: /^\/([^/]+)\/discovery\/instance$/,
    operation: 'GET /discovery/instance',
    kind: 'instances',
  },
  {
    method: 'GET',
    path: /^\/([^/]+)\/discovery\/v2\.0\/keys$/,
    operation: 'GET /discovery/keys',
    kind: 'keys',
  },
];
