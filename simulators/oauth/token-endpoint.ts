import { authorityMetadata, instanceDiscovery } from './authority-metadata.ts';
import { grants } from './grants/index.ts';
import type { OAuthRoute } from './oauth-routes.ts';
import { proveClient } from './prove-client.ts';
import { userScopes } from './scopes.ts';
import { signingKey } from './signing-key.ts';
import type { TokenDesk } from './token-desk.ts';
import { TokenRefusal } from './token-refusal.ts';
import { jsonReply, type OAuthReply } from './token-reply.ts';

/** A request to the login host, taken apart. */
export interface OAuthAsk {
  readonly route: OAuthRoute;
  readonly url: URL;
  readonly form: URLSearchParams;
}

/** What is going to happen; nothing has happened yet. */
export interface Judged {
  /** It changes what the tenant knows. */
  readonly lasting: boolean;
  do(): OAuthReply;
}

/** Tenants that stand for whatever tenant the user is of. */
const anyTenant = new Set(['common', 'organizations', 'consumers']);

/** What one tenant answers, by route. */
export class TokenEndpoint {
  readonly #desk: TokenDesk;
  readonly #host: string;

  constructor(desk: TokenDesk, host: string) {
    this.#desk = desk;
    this.#host = host;
  }

  /** Throws `TokenRefusal` when there is nothing to be had. */
  judge({ route, url, form }: OAuthAsk): Judged {
    const desk = this.#desk;
    const tenant = decodeURIComponent(route.path.exec(url.pathname)?.[1] ?? '').toLowerCase();
    if (tenant !== desk.tenant.toLowerCase() && !anyTenant.has(tenant))
      throw new TokenRefusal(90002, { tenant });
    const page = (body: object): Judged => ({ lasting: false, do: () => jsonReply(200, body, '200') });
    switch (route.kind) {
      case 'metadata':
        return page(authorityMetadata(url.origin, desk.tenant));
      case 'instances':
        return page(instanceDiscovery(url.origin, desk.tenant));
      case 'keys':
        return page({ keys: [signingKey().jwk] });
      case 'device-code':
        return this.#deviceCode(form);
      case 'token':
        return this.#token(url, form, tenant);
      default:
        throw new TypeError(`No such route: ${String(route.kind satisfies never)}.`);
    }
  }

  #token(url: URL, form: URLSearchParams, tenant: string): Judged {
    const clientId = needed(form, 'client_id');
    const grantType = needed(form, 'grant_type');
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
    const deed = grant.judge({ desk, app, proof, form });
    return { lasting: grant.lasting, do: () => deed.do() };
  }

  #deviceCode(form: URLSearchParams): Judged {
    const app = this.#desk.app(needed(form, 'client_id'));
    const scope = form.get('scope') ?? '';
    userScopes(app, scope);
    const scopes = scope.split(' ').filter((word) => word !== '');
    return {
      lasting: true,
      do: () => {
        const begun = this.#desk.deviceCodes.begin(app.clientId, scopes, this.#desk.nowMs);
        const page = 'https://microsoft.com/devicelogin';
        const body = {
          user_code: begun.userCode,
          device_code: begun.deviceCode,
          verification_uri: page,
          expires_in: begun.expiresInSeconds,
          interval: begun.intervalSeconds,
          message: `To sign in, use a web browser to open the page ${page} and enter the code ${begun.userCode} to authenticate.`,
        };
        return jsonReply(200, body, '200');
      },
    };
  }
}

function needed(form: URLSearchParams, parameter: string): string {
  const value = form.get(parameter);
  if (value === null || value === '') throw new TokenRefusal(900144, { parameter });
  return value;
}
