import type { Mailbox } from '../../mailbox/mailbox.ts';
import { loadProfile, withLimits } from '../../profiles/index.ts';
import type { LimitOverride } from '../../profiles/with-limits.ts';
import type { Rule } from '../../rules/rule.ts';
import { line } from '../../trace/world-trace.ts';
import type { Life } from '../../world/life.ts';
import type { GraphDoor, OAuthDoor } from '../../world/open-web-services.ts';
import { World } from '../../world/world.ts';
import { createGraphService } from '../create-graph-service.ts';
import type { GraphRoute } from '../graph-route.ts';

export const anna = 'anna@alpha.test';
export const bert = 'bert@alpha.test';

export interface FrameWorldOptions {
  readonly rules?: readonly Rule[];
  readonly roles?: readonly string[];
  readonly limits?: Readonly<Record<string, LimitOverride>>;
  readonly routes?: readonly GraphRoute[];
  readonly serviceTimeMs?: number;
}

/** A world with the frame of Graph around operations of a test's own, and a client that has a token. */
export class FrameWorld {
  readonly world: World;
  readonly life: Life;
  readonly graph: GraphDoor;
  readonly oauth: OAuthDoor;
  readonly events: string[] = [];
  readonly host: string;
  token = '';

  constructor({ rules = [], roles, limits = {}, routes, serviceTimeMs = 50 }: FrameWorldOptions = {}) {
    const { graph: profile, ...rest } = withLimits(loadProfile('exchange-online'), limits);
    if (profile === undefined) throw new Error('exchange-online has Graph.');
    this.world = new World({
      seed: 1,
      rules,
      providers: [
        {
          profile: { ...rest, graph: { ...profile, serviceTimeMs } },
          domain: 'alpha.test',
          mailboxes: [
            { address: anna, password: 'x' },
            { address: bert, password: 'x' },
          ],
          ...(roles && { apps: [{ clientId: 'b0a7a1f3-4c3d-4a53-8f0e-1d2c3b4a5968', secret: 's', roles }] }),
        },
      ],
    });
    this.world.trace.subscribe((event) => this.events.push(line(event)));
    this.life = this.world.life('client');
    const { graph, oauth } = this.world.provider('alpha.test');
    if (graph === undefined || oauth === undefined) throw new Error('The provider has Graph.');
    this.graph = graph;
    this.oauth = oauth;
    this.host = routes === undefined ? graph.host : 'test.alpha.test';
    if (routes !== undefined) {
      const { context, authority } = graph.service;
      const options = { host: this.host, authority, authorityUrl: 'https://login.alpha.test', routes };
      this.world.http.listen({ host: this.host, handler: createGraphService(context, options).handle });
    }
  }

  /** Runs `main` as the client. */
  run<T>(main: () => Promise<T>): Promise<T> {
    return this.world.run(() =>
      this.life.run(async () => {
        this.token = await this.#token();
        return main();
      }),
    );
  }

  mailbox(address: string): Mailbox {
    const mailbox = this.world.provider(address).mail.find(address);
    if (mailbox === undefined) throw new Error(`There is no mailbox ${address}.`);
    return mailbox;
  }

  /** From `/v1.0` on, with the token. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return this.life.connector.fetch(`https://${this.host}/v1.0${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${this.token}`, ...(init.headers as Record<string, string>) },
    });
  }

  async #token(): Promise<string> {
    const [app] = this.oauth.service.apps;
    const response = await this.life.connector.fetch(`${this.oauth.authority}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: app?.clientId ?? '',
        client_secret: app?.secret ?? '',
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    // The token endpoint's success reply, RFC 6749 section 5.1.
    return ((await response.json()) as { access_token: string }).access_token;
  }
}
