import { createGraphService } from '../graph/create-graph-service.ts';
import type { GraphService } from '../graph/graph-service.ts';
import type { HttpHost, WorldHttp } from '../http/world-http.ts';
import type { LinkOptions } from '../network/world-network.ts';
import type { AppSpec } from '../oauth/app-spec.ts';
import { appsOf } from '../oauth/apps-of.ts';
import { loginContext } from '../oauth/login-context.ts';
import { createOAuthService, type OAuthService } from '../oauth/oauth-service.ts';
import { signingKey } from '../oauth/signing-key.ts';
import type { ServerContext } from '../server-context.ts';

/** A provider's Microsoft Graph, in its world. */
export interface GraphDoor {
  readonly host: string;
  /** `https://graph.alpha.test/v1.0`. */
  readonly baseUrl: string;
  /** The most connections that were ever open at one time. */
  readonly peakOpen: number;
  readonly service: GraphService;
}

/** A provider's identity platform, in its world. */
export interface OAuthDoor {
  readonly host: string;
  /** `https://login.alpha.test/alpha.test`, as clients are configured with it. */
  readonly authority: string;
  readonly service: OAuthService;
}

export interface WebServices {
  readonly graph: GraphDoor;
  readonly oauth: OAuthDoor;
  close(): void;
}

/** Opens Graph and the identity platform of a provider whose profile has Graph. */
export function openWebServices(
  context: ServerContext,
  options: {
    readonly domain: string;
    readonly apps: readonly AppSpec[] | undefined;
    readonly http: WorldHttp;
    readonly link: LinkOptions | undefined;
  },
): WebServices {
  const { domain, http, link } = options;
  const login = `login.${domain}`;
  // Made before the world runs: a key made inside it looks to the sentinel like work of the thread pool.
  signingKey();
  const oauth = createOAuthService(loginContext(context), {
    host: login,
    tenant: domain,
    apps: appsOf(options.apps, context.entropy, domain),
  });
  const graph = createGraphService(context, {
    host: `graph.${domain}`,
    authority: oauth.authority,
    authorityUrl: `https://${login}`,
  });
  // Whatever calls out from the service does so as itself, over the same web.
  graph.deliverTo = async (request) =>
    http.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: await request.text(),
      signal: request.signal,
    });
  const hosts: HttpHost[] = [
    http.listen({ host: graph.host, handler: graph.handle, link }),
    http.listen({ host: login, handler: oauth.handle, link }),
  ];
  return {
    graph: {
      host: graph.host,
      baseUrl: graph.baseUrl,
      get peakOpen() {
        return hosts[0]?.peakOpen ?? 0;
      },
      service: graph,
    },
    oauth: { host: login, authority: oauth.authorityUrl, service: oauth },
    close: () => {
      for (const host of hosts) host.close();
      graph.close();
    },
  };
}
