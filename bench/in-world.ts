import { Engine, openSqliteStore } from '../engine/index.ts';
import type { Store } from '../engine/store/store.ts';
import { createWorld, type Life, type World } from '../simulators/index.ts';
import { loadProfile } from '../simulators/profiles/index.ts';
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

/** A world with one Dovecot-like host, `mailboxes` mailboxes on it, 20 ms away, and the engine that keeps them in step. */
export async function openBench(mailboxes: number, { outgoing = true } = {}): Promise<Bench> {
  const numbers = Array.from({ length: mailboxes }, (_, n) => n);
  const world = createWorld({
    seed: 1,
    providers: [
      {
        profile: loadProfile('dovecot-postfix'),
        domain,
        mailboxes: numbers.map((n) => ({ address: addressOf(n), password: passwordOf(n) })),
      },
    ],
    link: { latencyMs: 20 },
    keepEvents: 0,
    sentinel: false,
  });
  const { pop3, smtp } = world.provider(domain);
  const store = await openSqliteStore({ path: ':memory:' });
  await store.saveProfile({
    id: 'p',
    name: 'p',
    serverType: 'pop3-smtp',
    incoming: { host: pop3.host, port: pop3.tlsPort, security: 'tls' },
    outgoing: { host: smtp.host, port: smtp.tlsPort, security: 'tls' },
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
      credential: { username: addressOf(n), secret: String(n), mechanism: 'password' },
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
    secrets: async (mailbox) => passwordOf(Number(mailbox.credential.secret)),
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
