import { Client } from '@microsoft/microsoft-graph-client';
import type { Mailbox } from '../../simulators/mailbox/mailbox.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';
import type { Rule } from '../../simulators/rules/rule.ts';
import type { Provider } from '../../simulators/world/provider.ts';
import { World } from '../../simulators/world/world.ts';

export const user = '/users/anna@alpha.test';

/** Exchange Online in virtual time, and the official SDK in front of it as an application makes it. */
export interface SdkWorld {
  readonly world: World;
  readonly provider: Provider;
  readonly anna: Mailbox;
  deliver(count: number): readonly string[];
  /** Runs `work` with the SDK; global `fetch` is the world's meanwhile, as an application's is the machine's. */
  run<T>(work: (client: Client) => Promise<T>): Promise<T>;
}

export function openSdkWorld(rules: Rule[] = []): SdkWorld {
  const world = new World({
    seed: 1,
    rules,
    providers: [
      {
        profile: loadProfile('exchange-online'),
        domain: 'alpha.test',
        mailboxes: [{ address: 'anna@alpha.test', password: 'x' }],
      },
    ],
  });
  const provider = world.provider('alpha.test');
  const anna = provider.mail.find('anna@alpha.test');
  if (anna === undefined) throw new Error('The mailbox that was just made is not there.');
  const life = world.life('application');
  let delivered = 0;
  const getAccessToken = async (): Promise<string> => {
    const app = provider.oauth?.service.apps[0];
    const response = await life.connector.fetch(`${provider.oauth?.authority}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: app?.clientId ?? '',
        client_secret: app?.secret ?? '',
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
  };
  return {
    world,
    provider,
    anna,
    deliver: (count) =>
      Array.from({ length: count }, () => {
        delivered += 1;
        const raw = Buffer.from(`From: bob@beta.test\r\nSubject: Mail ${delivered}\r\n\r\nText\r\n`);
        return provider.mail.deliver(anna, { raw, envelopeFrom: 'bob@beta.test' }).id;
      }),
    run: (work) =>
      world.run(() =>
        life.run(async () => {
          const before = globalThis.fetch;
          globalThis.fetch = async (input, init) => {
            const request = new Request(input, init);
            const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
            const { method, headers, signal } = request;
            return life.connector.fetch(request.url, { method, headers, signal, ...(body && { body }) });
          };
          try {
            return await work(
              Client.initWithMiddleware({
                authProvider: { getAccessToken },
                baseUrl: 'https://graph.alpha.test/',
                // Tokens go to Microsoft's own hosts unless told of others.
                customHosts: new Set(['graph.alpha.test']),
              }),
            );
          } finally {
            globalThis.fetch = before;
          }
        }),
      ),
  };
}
