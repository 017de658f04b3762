import { createGraphAccess } from '../engine/graph/create-graph-access.ts';
import type { GraphAccess } from '../engine/graph/graph-access.ts';
import { Engine, openSqliteStore } from '../engine/index.ts';
import type {
  ExchangeGraphProfile,
  ImapSmtpProfile,
  Pop3SmtpProfile,
} from '../engine/records/email-server-profile.ts';
import type { Store } from '../engine/store/store.ts';
import { createWorld, type Life, type Provider, type World } from '../simulators/index.ts';
import { loadProfile, withLimits } from '../simulators/profiles/index.ts';
import { wallNow } from './figure.ts';

/** How the engine reaches the mailboxes of a benchmark. */
export type Access = 'pop3-smtp' | 'imap-smtp' | 'exchange-graph';

export interface BenchMailbox {
  readonly id: string;
  readonly address: string;
  readonly password: string;
  readonly domain: string;
}

export interface Bench {
  readonly world: World;
  readonly store: Store;
  readonly engine: Engine;
  readonly life: Life;
  readonly mailboxes: readonly BenchMailbox[];
  started: boolean;
}

export interface BenchOptions {
  readonly outgoing?: boolean;
  /** Where the records are; default in memory. */
  readonly storePath?: string;
}

/** Mailboxes of one provider, all reached in one way. */
export interface BenchGroup {
  readonly access: Access;
  readonly mailboxes: number;
  /** Of the provider, set to other numbers. */
  readonly limits?: Parameters<typeof withLimits>[1];
}

const profileNames: Readonly<Record<Access, string>> = {
  'pop3-smtp': 'dovecot-postfix',
  'imap-smtp': 'dovecot-postfix',
  'exchange-graph': 'exchange-online',
};

/** A world with one Dovecot-like host, `mailboxes` mailboxes on it, 20 ms away, and the engine that keeps them in step. */
export async function openBench(mailboxes: number, options: BenchOptions = {}): Promise<Bench> {
  return openMixedBench([{ access: 'pop3-smtp', mailboxes }], options);
}

/** The same with IMAP for what comes in. */
export async function openImapBench(mailboxes: number, options: BenchOptions = {}): Promise<Bench> {
  return openMixedBench([{ access: 'imap-smtp', mailboxes }], options);
}

/** The same with Exchange Online, reached through Microsoft Graph. */
export async function openExchangeBench(
  mailboxes: number,
  { limits, ...options }: BenchOptions & Pick<BenchGroup, 'limits'> = {},
): Promise<Bench> {
  return openMixedBench([{ access: 'exchange-graph', mailboxes, ...(limits && { limits }) }], options);
}

/** A world with a host for each group, 20 ms away, and one engine that keeps all their mailboxes in step. */
export async function openMixedBench(
  groups: readonly BenchGroup[],
  options: BenchOptions = {},
): Promise<Bench> {
  const numbered = numberedMailboxes(groups);
  const world = emptyWorld(
    groups.map(({ access, limits = {} }, index) => ({
      profile: withLimits(loadProfile(profileNames[access]), limits),
      domain: domainOf(access),
      mailboxes: numbered[index] ?? [],
    })),
  );
  const kept = groups.map(({ access }, index): Kept => {
    const provider = world.provider(domainOf(access));
    const appSecret = provider.oauth?.service.apps[0]?.secret;
    return {
      mailboxes: numbered[index] ?? [],
      servers: serversOf(access, provider),
      ...(appSecret !== undefined && { appSecret }),
    };
  });
  return keep(world, kept, options);
}

/** An engine whose mailboxes are at a server with canned replies that `serve` opens and tells the place of. */
export async function openCannedBench(mailboxes: number, serve: (world: World) => Servers): Promise<Bench> {
  const world = emptyWorld([]);
  const servers = serve(world);
  const [numbered = []] = numberedMailboxes([{ access: servers.serverType, mailboxes }]);
  return keep(world, [{ mailboxes: numbered, servers }], { outgoing: false }, (life) =>
    createGraphAccess({
      connector: life.connector,
      clock: world.clock,
      random: life.random,
      // It has tokens already.
      tokens: { token: async () => 'canned', refused: () => {} },
    }),
  );
}

export type Servers =
  | Pick<Pop3SmtpProfile, 'serverType' | 'incoming' | 'outgoing'>
  | Pick<ImapSmtpProfile, 'serverType' | 'incoming' | 'outgoing'>
  | Pick<ExchangeGraphProfile, 'serverType' | 'graph'>;

interface Kept {
  readonly mailboxes: readonly BenchMailbox[];
  readonly servers: Servers;
  readonly appSecret?: string;
}

function domainOf(access: Access): string {
  return `${access}.bench.test`;
}

function numberedMailboxes(groups: readonly BenchGroup[]): readonly (readonly BenchMailbox[])[] {
  let next = 0;
  return groups.map(({ access, mailboxes }) =>
    Array.from({ length: mailboxes }, () => {
      const n = next;
      next += 1;
      const domain = domainOf(access);
      return { id: `m${n}`, address: `user${n}@${domain}`, password: `password${n}`, domain };
    }),
  );
}

function emptyWorld(providers: Parameters<typeof createWorld>[0]['providers']): World {
  return createWorld({ seed: 1, providers, link: { latencyMs: 20 }, keepEvents: 0, sentinel: false });
}

function serversOf(access: Access, { pop3, imap, smtp, graph, oauth }: Provider): Servers {
  const outgoing = { host: smtp.host, port: smtp.tlsPort, security: 'tls' } as const;
  switch (access) {
    case 'pop3-smtp':
      return {
        serverType: access,
        incoming: { host: pop3.host, port: pop3.tlsPort, security: 'tls' },
        outgoing,
      };
    case 'imap-smtp':
      if (imap === undefined) throw new Error('The profile of a Dovecot host has IMAP.');
      return {
        serverType: access,
        incoming: { host: imap.host, port: imap.tlsPort, security: 'tls' },
        outgoing,
      };
    case 'exchange-graph': {
      const [app] = oauth?.service.apps ?? [];
      if (graph === undefined || oauth === undefined || app === undefined)
        throw new Error('The profile of Exchange Online has Graph and an application.');
      return {
        serverType: access,
        graph: { baseUrl: graph.baseUrl, authority: oauth.authority, clientId: app.clientId },
      };
    }
    default:
      throw new TypeError(`No such access: ${String(access satisfies never)}.`);
  }
}

async function keep(
  world: World,
  groups: readonly Kept[],
  { outgoing = true, storePath = ':memory:' }: BenchOptions,
  graphOf?: (life: Life) => GraphAccess,
): Promise<Bench> {
  const store = await openSqliteStore({ path: storePath, durability: 'process-kill' });
  const secrets = new Map<string, string>();
  for (const [index, { mailboxes, servers, appSecret = '' }] of groups.entries()) {
    const profileId = `p${index}`;
    await store.saveProfile({
      id: profileId,
      name: profileId,
      ...servers,
      processEmailsReceivedAfter: 0,
      // A connection is kept for each IMAP mailbox.
      maxConcurrentConnections: servers.serverType === 'imap-smtp' ? Math.max(50, mailboxes.length) : 50,
      minPollingIntervalInMinutes: 0,
      timeoutMailboxConnectionAfterMs: 100_000,
    });
    const exchange = servers.serverType === 'exchange-graph';
    for (const { id, address, password } of mailboxes) {
      // Mailboxes reached through Graph share the secret of the application.
      const secret = exchange ? 'app' : id;
      secrets.set(secret, exchange ? appSecret : password);
      await store.saveMailbox({
        id,
        name: address,
        emailAddress: address,
        emailServerProfileId: profileId,
        credential: { username: address, secret, mechanism: exchange ? 'client-secret' : 'password' },
        enabledForIncomingEmail: true,
        enabledForOutgoingEmail: outgoing,
        processEmailReceivedAfter: 0,
        processAndDeleteEmails: false,
      });
    }
  }
  const life = world.life('engine');
  const engine = new Engine({
    name: 'engine',
    store,
    clock: world.clock,
    random: life.random,
    connector: life.connector,
    ...(graphOf && { graph: graphOf(life) }),
    secrets: async (mailbox) => secrets.get(mailbox.credential.secret) ?? '',
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
  return {
    world,
    store,
    engine,
    life,
    mailboxes: groups.flatMap(({ mailboxes }) => mailboxes),
    started: false,
  };
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
