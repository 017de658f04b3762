import { Hono } from 'hono';
import { KeyedEntropy } from '../simulators/entropy/keyed-entropy.ts';
import { createGraphService } from '../simulators/graph/create-graph-service.ts';
import { createLimits } from '../simulators/limits/limits.ts';
import { createMailHost } from '../simulators/mailbox/create-mail-host.ts';
import { loadProfile } from '../simulators/profiles/index.ts';
import { createRuleBook } from '../simulators/rules/rule-book.ts';
import { WorldTrace } from '../simulators/trace/world-trace.ts';
import { type Benchmark, median, wallSeconds } from './figure.ts';

const mailboxes = 200;
const requests = 40_000;
const rounds = 5;
const asked = 10_000;

const addressOf = (n: number): string => `user${n}@bench.test`;

/** Graph as a world has it, limits and digested trace included, on a clock that goes on 10 ms with each request. */
function openGraph() {
  let nowMs = Date.UTC(2026, 0, 5, 8);
  const startMs = nowMs;
  const clock = { now: () => nowMs, setTimeout: () => ({}), clearTimeout: () => {} };
  const entropy = new KeyedEntropy(1);
  const trace = new WorldTrace({ now: clock.now, startMs, keep: 0 });
  const { graph, ...profile } = loadProfile('exchange-online');
  if (graph === undefined) throw new Error('Exchange Online has Graph.');
  const service = createGraphService(
    {
      ...{ clock, entropy, trace },
      rules: createRuleBook({ rules: [], clock, startMs, entropy, trace }),
      limits: createLimits({ definitions: profile.limits, clock, trace, entropy }),
      mail: createMailHost({
        ...{ domain: 'bench.test', clock, entropy, trace },
        mailboxes: Array.from({ length: mailboxes }, (_, n) => ({ address: addressOf(n) })),
      }),
      // How long the real service works is virtual time, and none of ours.
      profile: { ...profile, graph: { ...graph, serviceTimeMs: 0 } },
    },
    {
      host: 'graph.bench.test',
      authorityUrl: 'https://login.bench.test',
      authority: {
        check: () => ({
          ok: true,
          token: { appId: 'app', tenant: 'bench.test', roles: ['Mail.Read'], expiresAtMs: Number.MAX_VALUE },
        }),
      },
    },
  );
  const tick = (): void => {
    nowMs += 10;
  };
  return { service, trace, tick };
}

const headers = { Authorization: 'Bearer token', Prefer: 'IdType="ImmutableId", odata.maxpagesize=100' };

/** The delta link of each mailbox, after its first round. */
async function linksOf(handle: (request: Request) => Promise<Response>): Promise<string[]> {
  const links: string[] = [];
  for (let n = 0; n < mailboxes; n += 1) {
    let url: string | undefined =
      `https://graph.bench.test/v1.0/users/${addressOf(n)}/mailFolders/inbox/messages/delta?$select=receivedDateTime`;
    while (url !== undefined) {
      const response = await handle(new Request(url, { headers }));
      const page = (await response.json()) as Record<string, string>;
      if (page['@odata.deltaLink'] !== undefined) links.push(page['@odata.deltaLink']);
      url = page['@odata.nextLink'];
    }
  }
  return links;
}

async function perSecond(
  handle: (request: Request) => Promise<Response>,
  links: readonly string[],
  tick: () => void,
) {
  const seconds = await wallSeconds(async () => {
    for (let n = 0; n < requests; n += 1) {
      tick();
      const response = await handle(new Request(links[n % links.length] ?? '', { headers }));
      if (response.status !== 200) throw new Error(`A quiet delta was answered with ${response.status}.`);
      await response.text();
    }
  });
  return requests / seconds;
}

export const benchmark: Benchmark = {
  name: 'graph-quiet-delta',
  async measure() {
    const { service, trace, tick } = openGraph();
    const links = await linksOf(service.handle);
    const bare = new Hono();
    bare.get('/v1.0/users/:user/mailFolders/:id/messages/delta', (context) =>
      context.json({ '@odata.context': 'x', value: [], '@odata.deltaLink': context.req.url }),
    );
    const ofHono = async (request: Request): Promise<Response> => bare.fetch(request);
    const graph: number[] = [];
    const hono: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      hono.push(await perSecond(ofHono, links, () => {}));
      graph.push(await perSecond(service.handle, links, tick));
    }
    const measured = Math.round(median(graph));
    const eventsPerRequest = trace.count / (requests * rounds);
    return [
      {
        what: 'delta request with nothing new, through handler, limiter and trace',
        asked: `≥ ${asked.toLocaleString('en-US')} a second per core`,
        measured: `${measured.toLocaleString('en-US')} a second; a bare Hono route ${Math.round(median(hono)).toLocaleString('en-US')}; ${eventsPerRequest.toFixed(1)} trace events each`,
        reached: measured >= asked,
      },
    ];
  },
};
