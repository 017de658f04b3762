import { createGraphAccess } from '../engine/graph/create-graph-access.ts';
import type { GraphAccess } from '../engine/graph/graph-access.ts';
import { Engine, openSqliteStore } from '../engine/index.ts';
import type { ExchangeGraphProfile, Pop3SmtpProfile } from '../engine/records/email-server-profile.ts';
import type { Store } from '../engine/store/store.ts';
import { createWorld, type Life, type Provider, type World } from '../simulators/index.ts';
import { loadProfile, withLimits } from '../simulators/profiles/index.ts';
import { wallNow } from './figure.ts';

export const domain = 'bench.test';
export const addressOf = (n: number): string => `user${n}@${domain}`;
const passwordOf = (n: number): string => `password${n}`;

export interface Bench {
  readonly world: World;
  readonly store: Store;
  readonly engine: Engine;
  readonly life: Life;
  started: boolean;
}

export interface BenchOptions {
  readonly outgoing?: boolean;
  /** Where the records are; default in memory. */
  readonly storePath?: string;
  /** Of the provider, set to other numbers. */
  readonly limits?: Parameters<typeof withLimits>[1];
}

/** A world with one Dovecot-like host, `mailboxes` mailboxes on it, 20 ms away, and the engine that keeps them in step. */
export async function openBench(mailboxes: number, options: BenchOptions = {}): Promise<Bench> {
  return open('dovecot-postfix', mailboxes, options, ({ pop3, smtp }) => ({
    serverType: 'pop3-smtp',
    incoming: { host: pop3.host, port: pop3.tlsPort, security: 'tls' },
    outgoing: { host: smtp.host, port: smtp.tlsPort, security: 'tls' },
  }));
}

/** The same with Exchange Online, reached through Microsoft Graph. */
export async function openExchangeBench(mailboxes: number, options: BenchOptions = {}): Promise<Bench> {
  return open('exchange-online', mailboxes, options, ({ graph, oauth }) => {
    const [app] = oauth?.service.apps ?? [];
    if (graph === undefined || oauth === undefined || app === undefined)
      throw new Error('The profile of Exchange Online has Graph and an application.');
    return {
      serverType: 'exchange-graph',
      graph: { baseUrl: graph.baseUrl, authority: oauth.authority, clientId: app.clientId },
    };
  });
}

/** An engine whose Exchange mailboxes are at a server that `serve` opens and gives the URL of; it has tokens already. */
export async function openCannedBench(mailboxes: number, serve: (world: World) => string): Promise<Bench> {
  const world = createWorld({
    seed: 1,
    providers: [],
    link: { latencyMs: 20 },
    keepEvents: 0,
    sentinel: false,
  });
  const graph = { baseUrl: serve(world), authority: 'https://login.test/tenant', clientId: 'app' };
  return keep(world, mailboxes, { outgoing: false }, { serverType: 'exchange-graph', graph }, (life) =>
    createGraphAccess({
      connector: life.connector,
      clock: world.clock,
      random: life.random,
      tokens: { token: async () => 'canned', refused: () => {} },
    }),
  );
}

type Servers =
  | Pick<Pop3SmtpProfile, 'serverType' | 'incoming' | 'outgoing'>
  | Pick<ExchangeGraphProfile, 'serverType' | 'graph'>;

async function open(
  profileName: string,
  mailboxes: number,
  options: BenchOptions,
  serversOf: (provider: Provider) => Servers,
): Promise<Bench> {
  const numbers = Array.from({ length: mailboxes }, (_, n) => n);
  const world = createWorld({
    seed: 1,
    providers: [
      {
        profile: withLimits(loadProfile(profileName), options.limits ?? {}),
        domain,
        mailboxes: numbers.map((n) => ({ address: addressOf(n), password: passwordOf(n) })),
      },
    ],
    link: { latencyMs: 20 },
    keepEvents: 0,
    sentinel: false,
  });
  const provider = world.provider(domain);
  return keep(
    world,
    mailboxes,
    options,
    serversOf(provider),
    undefined,
    provider.oauth?.service.apps[0]?.secret,
  );
}

async function keep(
  world: World,
  mailboxes: number,
  { outgoing = true, storePath = ':memory:' }: BenchOptions,
  servers: Servers,
  graphOf?: (life: Life) => GraphAccess,
  appSecret?: string,
): Promise<Bench> {
  const numbers = Array.from({ length: mailboxes }, (_, n) => n);
  const store = await openSqliteStore({ path: storePath, durability: 'process-kill' });
  await store.saveProfile({
    id: 'p',
    name: 'p',
    ...servers,
    processEmailsReceivedAfter: 0,
    maxConcurrentConnections: 50,
    minPollingIntervalInMinutes: 0,
    timeoutMailboxConnectionAfterMs: 100_000,
  });
  const exchange = servers.serverType === 'exchange-graph';
  const mechanism = exchange ? 'client-secret' : 'password';
  for (const n of numbers) {
    await store.saveMailbox({
      id: `m${n}`,
      name: addressOf(n),
      emailAddress: addressOf(n),
      emailServerProfileId: 'p',
      // Mailboxes reached through Graph share the secret of the application.
      credential: { username: addressOf(n), secret: exchange ? 'app' : String(n), mechanism },
      enabledForIncomingEmail: true,
      enabledForOutgoingEmail: outgoing,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: false,
    });
  }
  const life = world.life('engine');
  const engine = new Engine({
    name: 'engine',
    store,
    clock: world.clock,
    random: life.random,
    connector: life.connector,
    ...(graphOf && { graph: graphOf(life) }),
    secrets: async (mailbox) =>
      exchange ? (appSecret ?? '') : passwordOf(Number(mailbox.credential.secret)),
    observe: (event) => {
      if (event.kind !== 'cycle-end') return;
      const { mailboxId: mailbox, workload, fence, outcome, items, failed, wait } = event;
      world.trace.emit({
        kind: 'cycle-end',
        mailbox,
        workload,
        fence,
        outcome,
        items,
        failed,
        nextRunAtMs: event.nextRunAtMs,
        wait,
      });
    },
  });
  return { world, store, engine, life, started: false };
}

export interface Cost {
  readonly cycles: number;
  readonly wallSeconds: number;
}

/** Lets the engine run for `virtualMs` and counts its cycles; `during` is called as the world, once it runs. */
export async function runFor(bench: Bench, virtualMs: number, during: () => void = () => {}): Promise<Cost> {
  const { world, engine, life } = bench;
  let cycles = 0;
  const stop = world.trace.subscribe(({ kind }) => {
    if (kind === 'cycle-end') cycles += 1;
  });
  const start = wallNow();
  await world.run(async () => {
    during();
    if (!bench.started) await life.run(() => engine.start());
    bench.started = true;
    await new Promise<void>((resolve) => world.clock.setTimeout(resolve, virtualMs));
  });
  stop();
  return { cycles, wallSeconds: (wallNow() - start) / 1e9 };
}
