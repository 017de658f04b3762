import type { Clock } from '../clock/clock.ts';
import { createGraphService } from '../graph/create-graph-service.ts';
import type { HttpHandler } from '../http/http-handler.ts';
import { listenHttp } from '../http/listen-http.ts';
import type { TcpListener, TlsIdentity } from '../network/tcp-listener.ts';
import type { AppSpec } from '../oauth/app-spec.ts';
import { loginContext } from '../oauth/login-context.ts';
import { createOAuthService, type OAuthService } from '../oauth/oauth-service.ts';
import type { ServerContext } from '../server-context.ts';
import type { Protocol } from '../trace/event.ts';

export interface WebOptions {
  readonly context: ServerContext;
  readonly domain: string;
  readonly apps: readonly AppSpec[];
  readonly host: string;
  readonly ports: { readonly graph?: number; readonly login?: number };
  readonly tls: TlsIdentity;
  readonly clock: Clock;
  readonly nextConnection: (protocol: Protocol) => string;
}

/** Graph and the identity platform over HTTPS, by the URLs clients are configured with. */
export interface OpenWeb {
  readonly listeners: { readonly graph: TcpListener; readonly login: TcpListener };
  /** `https://localhost:41234/v1.0`. */
  readonly baseUrl: string;
  /** `https://localhost:41235/mail.test`. */
  readonly authority: string;
  readonly oauth: OAuthService;
  close(): Promise<void>;
}

/** Opens both hosts. Their names hold their ports, which are known only once they listen. */
export async function openWeb(options: WebOptions): Promise<OpenWeb> {
  const { context, domain, host, ports, tls, clock, nextConnection } = options;
  const { rules, trace } = context;
  const handlers: { graph?: HttpHandler; login?: HttpHandler } = {};
  const listen = (name: 'graph' | 'login'): Promise<TcpListener> =>
    listenHttp({
      ...{ host, tls, clock, rules, trace, nextConnection },
      port: ports[name] ?? 0,
      handler: (request, arrival) => {
        const handler = handlers[name];
        if (handler === undefined) throw new Error('Nobody can know of this port yet.');
        return handler(request, arrival);
      },
    });
  const login = await listen('login');
  const graphListener = await listen('graph').catch(async (error: unknown) => {
    await login.close();
    throw error;
  });
  const loginHost = `localhost:${login.port}`;
  const oauth = createOAuthService(loginContext(context), {
    host: loginHost,
    tenant: domain,
    apps: options.apps,
  });
  const graph = createGraphService(context, {
    host: `localhost:${graphListener.port}`,
    authority: oauth.authority,
    authorityUrl: `https://${loginHost}`,
  });
  graph.deliverTo = (request) => fetch(request);
  handlers.login = oauth.handle;
  handlers.graph = graph.handle;
  return {
    listeners: { graph: graphListener, login },
    baseUrl: graph.baseUrl,
    authority: oauth.authorityUrl,
    oauth,
    close: async () => {
      graph.close();
      await Promise.all([login.close(), graphListener.close()]);
    },
  };
}
