import { Engine, openSqliteStore } from '../engine/index.ts';
import { createWorld } from '../simulators/index.ts';
import { loadProfile } from '../simulators/profiles/index.ts';
import { addressOf, type Bench, domain } from './in-world.ts';

/** A world with `mailboxes` mailboxes of Exchange Online, 20 ms away, and the engine that keeps them in step by Graph. */
export async function openExchangeBench(mailboxes: number, { outgoing = true } = {}): Promise<Bench> {
  const numbers = Array.from({ length: mailboxes }, (_, n) => n);
  const world = createWorld({
    seed: 1,
    providers: [
      {
        profile: loadProfile('exchange-online'),
        domain,
        mailboxes: numbers.map((n) => ({ address: addressOf(n) })),
      },
    ],
    link: { latencyMs: 20 },
    keepEvents: 0,
    sentinel: false,
  });
  const { graph, oauth } = world.provider(domain);
  const [app] = oauth?.service.apps ?? [];
  if (graph === undefined || oauth === undefined || app === undefined)
    throw new Error('Exchange Online has Graph, and its tenant an application.');
  const store = await openSqliteStore({ path: ':memory:' });
  await store.saveProfile({
    id: 'p',
    name: 'p',
    serverType: 'exchange-graph',
    graph: { baseUrl: graph.baseUrl, authority: oauth.authority, clientId: app.clientId },
    processEmailsReceivedAfter: 0,
    maxConcurrentConnections: 50,
    minPollingIntervalInMinutes: 0,
    timeoutMailboxConnectionAfterMs: 100_000,
  });
  for (const n of numbers) {
    await store.saveMailbox({
      id: `m${n}`,
      name: addressOf(n),
      emailAddress: addressOf(n),
      emailServerProfileId: 'p',
      credential: { username: addressOf(n), secret: 'app', mechanism: 'client-secret' },
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
    secrets: async () => app.secret ?? '',
    observe: (event) => {
      if (event.kind !== 'cycle-end') return;
      const { mailboxId: mailbox, workload, fence, outcome, items, failed, wait, nextRunAtMs } = event;
      world.trace.emit({
        kind: 'cycle-end',
        ...{ mailbox, workload, fence, outcome, items, failed, nextRunAtMs, wait },
      });
    },
  });
  return { world, store, engine, life, started: false };
}
