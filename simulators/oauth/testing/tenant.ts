import { generateKeyPairSync } from 'node:crypto';
import selfsigned from 'selfsigned';
import { SteppedClock } from '../../clock/stepped-clock.ts';
import { KeyedEntropy } from '../../entropy/keyed-entropy.ts';
import type { LimiterDefinition } from '../../limits/limiter.ts';
import { createLimits } from '../../limits/limits.ts';
import { createMailHost } from '../../mailbox/create-mail-host.ts';
import { loadProfile } from '../../profiles/index.ts';
import type { Rule } from '../../rules/rule.ts';
import { createRuleBook } from '../../rules/rule-book.ts';
import type { ServerContext } from '../../server-context.ts';
import type { TraceEvent } from '../../trace/event.ts';
import type { AppSpec } from '../app-spec.ts';
import { createOAuthService, type OAuthService } from '../oauth-service.ts';

export const startMs = Date.UTC(2026, 0, 5, 8);
export const clientId = '11111111-2222-4333-8444-555555555555';
export const secret = 'the-secret-of-the-application';
export const anna = 'anna@alpha.test';

/** One tenant on a clock that stands still, asked directly. */
export interface Tenant {
  readonly service: OAuthService;
  readonly context: ServerContext;
  readonly clock: SteppedClock;
  readonly events: TraceEvent[];
  /** POSTs a form to the token endpoint. */
  ask(form: Record<string, string>, tenant?: string): Promise<{ status: number; body: TokenBody }>;
  get(path: string): Promise<{ status: number; body: Record<string, unknown> }>;
}

/** The fields of replies that tests look at. */
export interface TokenBody {
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly expires_in?: number;
  readonly error?: string;
  readonly error_codes?: readonly number[];
  readonly error_description?: string;
  readonly suberror?: string;
  readonly trace_id?: string;
  readonly correlation_id?: string;
  readonly timestamp?: string;
  readonly error_uri?: string;
  readonly device_code?: string;
  readonly user_code?: string;
}

export function aTenant(
  options: {
    readonly apps?: readonly AppSpec[];
    readonly rules?: readonly Rule[];
    readonly limits?: readonly LimiterDefinition[];
  } = {},
): Tenant {
  const events: TraceEvent[] = [];
  const clock = new SteppedClock(startMs);
  const entropy = new KeyedEntropy(1);
  const trace = { emit: (event: TraceEvent) => void events.push(event), subscribe: () => () => {} };
  const rules = createRuleBook({ rules: options.rules ?? [], clock, startMs, entropy, trace });
  const mailboxes = [{ address: anna, password: 'hers' }, { address: 'ben@alpha.test' }];
  const mail = createMailHost({ domain: 'alpha.test', clock, entropy, trace, mailboxes });
  const profile = loadProfile('exchange-online');
  const limits = createLimits({ definitions: options.limits ?? [], clock, trace, entropy });
  const context: ServerContext = { clock, entropy, trace, rules, limits, mail, profile };
  const apps = options.apps ?? [{ clientId, secret, publicClient: true }];
  const service = createOAuthService(context, { host: 'login.alpha.test', tenant: 'alpha.test', apps });
  const send = async (request: Request) => {
    const response = await service.handle(request);
    const text = await response.text();
    // Whatever a test asks for, the server answers JSON or nothing.
    return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : {}) as never };
  };
  return {
    service,
    context,
    clock,
    events,
    ask: (form, tenant = 'alpha.test') =>
      send(
        new Request(`https://login.alpha.test/${tenant}/oauth2/v2.0/token`, {
          method: 'POST',
          body: new URLSearchParams(form),
        }),
      ),
    get: (path) => send(new Request(`https://login.alpha.test${path}`)),
  };
}

/** What asks for a token in the application's own name. */
export const inItsOwnName = {
  client_id: clientId,
  client_secret: secret,
  grant_type: 'client_credentials',
  scope: 'https://graph.microsoft.com/.default',
};

/** A key and a certificate for it, PEM, good from `fromMs` for `days` days. */
export async function aCertificate(
  fromMs = startMs - 86_400_000,
  days = 365,
): Promise<{ readonly privateKey: string; readonly certificate: string }> {
  const { private: privateKey, cert } = await selfsigned.generate([{ name: 'commonName', value: 'sync' }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(fromMs),
    notAfterDate: new Date(fromMs + days * 86_400_000),
  });
  return { privateKey, certificate: cert };
}

/** A key nobody registered. */
export function aStrangersKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
