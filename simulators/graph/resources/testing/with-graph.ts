import { sleep } from '../../../clock/clock.ts';
import { loadProfile } from '../../../profiles/index.ts';
import { withLimits } from '../../../profiles/with-limits.ts';
import type { Rule } from '../../../rules/rule.ts';
import type { Life } from '../../../world/life.ts';
import type { Provider } from '../../../world/provider.ts';
import { World } from '../../../world/world.ts';

/** A reply, read whole. `json` is what it says, empty when it says nothing. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
  readonly text: string;
}

export interface Asked {
  readonly json?: object;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  readonly immutable?: boolean;
  /** Default: the first mailbox. */
  readonly user?: string;
}

export interface GraphWorld {
  readonly world: World;
  readonly provider: Provider;
  /** The program that asks, with its way to the other servers. */
  readonly life: Life;
  /** What it asks with. */
  readonly token: string;
  /** Sends a request for a path below the user, or a whole URL. */
  ask(method: string, path: string, asked?: Asked): Promise<Reply>;
  /** Lets virtual time pass. */
  pass(ms: number): Promise<void>;
  code(reply: Reply): string | undefined;
}

/**
 * Runs a test in a world with one Exchange Online provider, `alpha.test`, as an app that may do everything. Fails when
 * anything in it leaks out of the world.
 */
export async function withGraph(
  mailboxes: readonly string[],
  test: (bench: GraphWorld) => Promise<void>,
  rules: readonly Rule[] = [],
  limits: Parameters<typeof withLimits>[1] = {},
): Promise<void> {
  const world = new World({
    seed: 1,
    rules,
    providers: [
      {
        profile: withLimits(loadProfile('exchange-online'), limits),
        domain: 'alpha.test',
        mailboxes: mailboxes.map((name) => ({ address: `${name}@alpha.test`, password: 'secret' })),
      },
    ],
  });
  const provider = world.provider('alpha.test');
  const { graph, oauth } = provider;
  const [app] = oauth?.service.apps ?? [];
  if (graph === undefined || oauth === undefined || app === undefined)
    throw new Error('Exchange Online has Graph, an identity platform and an app.');
  const life = world.life('client');
  let token = '';
  const bench: GraphWorld = {
    world,
    provider,
    life,
    get token() {
      return token;
    },
    async ask(method, path, asked = {}) {
      const { json, body, immutable, headers, user = `${mailboxes[0]}@alpha.test` } = asked;
      const response = await life.connector.fetch(
        path.startsWith('https:') ? path : `${graph.baseUrl}/users/${user}${path}`,
        {
          method,
          ...(body !== undefined && { body }),
          ...(json !== undefined && { body: JSON.stringify(json) }),
          headers: {
            Authorization: `Bearer ${token}`,
            ...(json !== undefined && { 'Content-Type': 'application/json' }),
            ...(immutable === true && { Prefer: 'IdType="ImmutableId"' }),
            ...headers,
          },
        },
      );
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}, // an object, by its brace
      };
    },
    pass: (ms) => sleep(world.clock, ms),
    code: ({ json }) => (json.error as { code?: string } | undefined)?.code, // the error envelope
  };
  const ran = await Promise.allSettled([
    world.run(() =>
      life.run(async () => {
        const response = await life.connector.fetch(`${oauth.authority}/oauth2/v2.0/token`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: app.clientId,
            client_secret: app.secret ?? '',
            scope: 'https://graph.microsoft.com/.default',
          }),
        });
        token = ((await response.json()) as { access_token: string }).access_token; // RFC 6749 section 5.1
        await test(bench);
      }),
    ),
  ]);
  const { leaks } = world.end();
  const [end] = ran;
  if (end.status === 'rejected') throw end.reason;
  if (leaks.length > 0) throw new Error(`Left the world: ${JSON.stringify(leaks)}`);
}
