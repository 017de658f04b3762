import type { ServerContext } from '../server-context.ts';
import { authorityMetadata, instanceDiscovery } from './authority-metadata.ts';
import { exchangeIds } from './exchange-ids.ts';
import { grants } from './grants/index.ts';
import { oauthRoutes } from './oauth-routes.ts';
import { proveClient } from './prove-client.ts';
import { userScopes } from './scopes.ts';
import { signingKey } from './signing-key.ts';
import type { TokenDesk } from './token-desk.ts';
import { TokenRefusal } from './token-refusal.ts';
import { type ExchangeIds, jsonReply, type OAuthReply, refusalReply } from './token-reply.ts';

/** How a request came here. */
export interface OAuthArrival {
  readonly connection: string;
  readonly ordinal: number;
  readonly ip: string;
  readonly encrypted: boolean;
}

const nowhere: OAuthArrival = { connection: 'oauth#0', ordinal: 1, ip: '127.0.0.1', encrypted: true };

/** Tenants that stand for whatever tenant the user is of. */
const anyTenant = new Set(['common', 'organizations', 'consumers']);

/** The web server of one tenant. */
export class TokenEndpoint {
  readonly #context: ServerContext;
  readonly #desk: TokenDesk;
  readonly #host: string;

  constructor(context: ServerContext, desk: TokenDesk, host: string) {
    this.#context = context;
    this.#desk = desk;
    this.#host = host;
  }

  readonly handle = async (request: Request, arrival: OAuthArrival = nowhere): Promise<Response> => {
    const { entropy, clock } = this.#context;
    const url = new URL(request.url);
    const form = request.method === 'POST' ? new URLSearchParams(await request.text()) : url.searchParams;
    const given =
      form.get('client-request-id') ??
      url.searchParams.get('client-request-id') ??
      request.headers.get('client-request-id');
    const ids = exchangeIds(entropy, arrival.connection, given);
    const reply = this.#answer(request, url, form, ids);
    return new Response(reply.body, {
      status: reply.status,
      headers: { ...reply.headers, ...standardHeaders(ids, clock.now()) },
    });
  };

  #answer(request: Request, url: URL, form: URLSearchParams, ids: ExchangeIds): OAuthReply {
    try {
      return this.#serve(request, url, form);
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error;
      return refusalReply(error, ids, this.#context.clock, this.#host);
    }
  }

  #serve(request: Request, url: URL, form: URLSearchParams): OAuthReply {
    const route = oauthRoutes.find(
      ({ method, path }) => method === request.method && path.test(url.pathname),
    );
    if (route === undefined) return { status: 404, headers: {}, body: '', summary: '404' };
    const tenant = decodeURIComponent(route.path.exec(url.pathname)?.[1] ?? '').toLowerCase();
    const known = tenant === this.#desk.tenant.toLowerCase() || anyTenant.has(tenant);
    if (!known) throw new TokenRefusal(90002, { tenant });
    switch (route.kind) {
      case 'metadata':
        return jsonReply(200, authorityMetadata(url.origin, this.#desk.tenant), '200');
      case 'instances':
        return jsonReply(200, instanceDiscovery(url.origin, this.#desk.tenant), '200');
      case 'keys':
        return jsonReply(200, { keys: [signingKey().jwk] }, '200');
      case 'device-code':
        return this.#deviceCode(form);
      case 'token':
        return this.#token(url, form, tenant);
      default:
        throw new TypeError(`No such route: ${String(route.kind satisfies never)}.`);
    }
  }

  #token(url: URL, form: URLSearchParams, tenant: string): OAuthReply {
    const clientId = form.get('client_id') ?? '';
    if (clientId === '') throw new TokenRefusal(900144, { parameter: 'client_id' });
    const grantType = form.get('grant_type') ?? '';
    if (grantType === '') throw new TokenRefusal(900144, { parameter: 'grant_type' });
    const grant = grants.get(grantType);
    if (grant === undefined) throw new TokenRefusal(70003, { grant: grantType });
    if (grant.type === 'client_credentials' && anyTenant.has(tenant)) throw new TokenRefusal(50059);
    const desk = this.#desk;
    const app = desk.app(clientId);
    const audiences = [url.origin, `https://${this.#host}`].flatMap((origin) => [
      `${origin}/${desk.tenant}/oauth2/v2.0/token`,
      `${origin}${url.pathname}`,
      `${origin}/${desk.tenant}/v2.0`,
    ]);
    const proof = proveClient(app, form, { audiences, nowMs: desk.nowMs });
    return grant.judge({ desk, app, proof, form }).do();
  }

  #deviceCode(form: URLSearchParams): OAuthReply {
    const clientId = form.get('client_id') ?? '';
    if (clientId === '') throw new TokenRefusal(900144, { parameter: 'client_id' });
    const app = this.#desk.app(clientId);
    const scope = form.get('scope') ?? '';
    userScopes(app, scope);
    const scopes = scope.split(' ').filter((word) => word !== '');
    const begun = this.#desk.deviceCodes.begin(app.clientId, scopes, this.#desk.nowMs);
    const page = 'https://microsoft.com/devicelogin';
    return jsonReply(
      200,
      {
        user_code: begun.userCode,
        device_code: begun.deviceCode,
        verification_uri: page,
        expires_in: begun.expiresInSeconds,
        interval: begun.intervalSeconds,
        message: `To sign in, use a web browser to open the page ${page} and enter the code ${begun.userCode} to authenticate.`,
      },
      '200',
    );
  }
}

/** What every reply carries, as captures show (R). */
function standardHeaders(ids: ExchangeIds, nowMs: number): Record<string, string> {
  return {
    'Cache-Control': 'no-store, no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'x-ms-request-id': ids.trace,
    'client-request-id': ids.correlation,
    'x-ms-ests-server': '2.1.0 - NEULR1 ProdSlices',
    Date: new Date(nowMs).toUTCString(),
  };
}
