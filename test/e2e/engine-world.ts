import { createHash } from 'node:crypto';
import { Engine, openSqliteStore, type Store } from '../../engine/index.ts';
import { createWorld, type Rule, sleep, type World, type WorldEnd } from '../../simulators/index.ts';
import { asRetrieved } from '../../simulators/pop3/wire-form.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';

const domain = 'alpha.test';
const password = 's3cret-word';
const names = ['ann', 'bob'] as const;
const minuteMs = 60_000;

export interface SmallWorldOptions {
  readonly security: 'tls' | 'starttls';
  readonly transport?: 'memory' | 'loopback';
  readonly rules?: readonly Rule[];
  /** One way, in memory. Default 20; loopback has none that the world's clock can see. */
  readonly latencyMs?: number;
  /** The engine dies so many virtual milliseconds after the world begins, and starts again a minute later. */
  readonly diesAtMs?: number;
}

/** What is on both sides in the end, by mailbox: hashes of messages, and subjects, sorted. */
export interface SmallWorldEnd extends WorldEnd {
  /** SHA-256 of what the engine stored. */
  readonly stored: Readonly<Record<string, readonly string[]>>;
  /** SHA-256 of what the server delivered, as POP3 shows it. */
  readonly delivered: Readonly<Record<string, readonly string[]>>;
  /** Subjects of what the engine stored. */
  readonly received: Readonly<Record<string, readonly string[]>>;
  /** Statuses of the emails that were queued, by id. */
  readonly statuses: readonly string[];
  /** Recipients of each submission that the server took. */
  readonly submitted: readonly string[];
  /** What was said on each connection, verb by verb, sorted. */
  readonly dialogues: readonly string[];
}

/** Half a virtual hour of an engine that keeps two mailboxes of one provider, which get mail and write to each other. */
export async function runSmallWorld(options: SmallWorldOptions): Promise<SmallWorldEnd> {
  const world = createWorld({
    seed: 1,
    link: { latencyMs: options.latencyMs ?? 20 },
    transport: options.transport ?? 'memory',
    rules: options.rules ?? [],
    providers: [
      {
        profile: loadProfile('dovecot-postfix'),
        domain,
        mailboxes: names.map((name) => ({ address: `${name}@${domain}`, password })),
      },
    ],
  });
  const dialogues = new Map<string, string>();
  world.trace.subscribe((event) => {
    if (event.kind === 'connect') dialogues.set(event.connection, event.protocol);
    if (event.kind === 'command')
      dialogues.set(event.connection, `${dialogues.get(event.connection)} ${event.command}`);
  });
  const store = openSqliteStore({ path: ':memory:' });
  try {
    await world.run(() => live(world, store, options));
    const books = await booksOf(world, store);
    return { ...books, dialogues: [...dialogues.values()].sort(), ...world.end() };
  } catch (error) {
    world.end();
    throw error;
  } finally {
    await store.close();
  }
}

async function live(world: World, store: Store, options: SmallWorldOptions): Promise<void> {
  const { clock } = world;
  await save(world, store, options.security);
  const { mail } = world.provider(domain);
  const deliver = (to: string, subject: string): void => {
    const mailbox = mail.find(`${to}@${domain}`);
    if (mailbox === undefined) throw new Error(`There is no mailbox ${to}.`);
    const raw = Buffer.from(`Subject: ${subject}\r\n\r\n${subject} for ${to}\r\n.dots\r\n`);
    mail.deliver(mailbox, { raw, envelopeFrom: 'zoe@beta.test' });
  };
  const begin = async (name: string): Promise<{ engine: Engine; kill: () => void }> => {
    const life = world.life(name);
    const engine = new Engine({
      store,
      clock,
      random: life.random,
      connector: life.connector,
      secrets: async () => password,
    });
    await life.run(() => engine.start());
    return { engine, kill: () => life.kill() };
  };

  for (const subject of ['first', 'second']) for (const name of names) deliver(name, subject);
  let running = await begin('engine-1');
  const queue = (id: string, from: string, to: readonly string[]): Promise<unknown> =>
    running.engine.queueEmail({
      id,
      mailboxId: from,
      subject: id,
      to: to.map((address) => ({ address })),
      textBody: `This is ${id}.`,
    });
  await queue('hello', 'ann', [`bob@${domain}`, 'zoe@beta.test']);
  if (options.diesAtMs !== undefined) {
    await sleep(clock, options.diesAtMs - world.elapsedMs());
    running.kill();
    await sleep(clock, minuteMs);
    running = await begin('engine-2');
  }
  await sleep(clock, 8 * minuteMs - world.elapsedMs());
  deliver('ann', 'third');
  await queue('reply', 'bob', [`ann@${domain}`]);
  await sleep(clock, 22 * minuteMs);
  await running.engine.stop();
}

async function save(world: World, store: Store, security: 'tls' | 'starttls'): Promise<void> {
  const { pop3, smtp } = world.provider(domain);
  const location = ({ host, port, tlsPort }: typeof pop3) => ({
    host,
    port: security === 'tls' ? tlsPort : port,
    security,
    allowInvalidCertificate: true,
  });
  await store.saveProfile({
    id: 'p1',
    name: 'alpha',
    serverType: 'pop3-smtp',
    incoming: location(pop3),
    outgoing: location(smtp),
    processEmailsReceivedAfter: 0,
    maxConcurrentConnections: 10,
    minPollingIntervalInMinutes: 0,
    timeoutMailboxConnectionAfterMs: 100_000,
  });
  for (const name of names) {
    await store.saveMailbox({
      id: name,
      name,
      emailAddress: `${name}@${domain}`,
      emailServerProfileId: 'p1',
      credential: { username: `${name}@${domain}`, secret: name, mechanism: 'password' },
      enabledForIncomingEmail: true,
      enabledForOutgoingEmail: true,
      processEmailReceivedAfter: 0,
      processAndDeleteEmails: false,
    });
  }
}

async function booksOf(world: World, store: Store) {
  const { truth } = world.provider(domain).mail;
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const stored: Record<string, readonly string[]> = {};
  const delivered: Record<string, readonly string[]> = {};
  const received: Record<string, readonly string[]> = {};
  const statuses: string[] = [];
  for (const name of names) {
    const emails = await store.receivedEmails(name);
    stored[name] = emails.map(({ rawSha256 }) => rawSha256).sort();
    received[name] = emails.map(({ subject }) => subject ?? '').sort();
    delivered[name] = truth
      .everDelivered(`${name}@${domain}`)
      .map(({ message }) => sha256(asRetrieved(message.raw)))
      .sort();
    for (const { id, status } of await store.outgoingEmails(name)) statuses.push(`${id} ${status}`);
  }
  const submitted = truth.submissions.map(({ recipients }) =>
    recipients.map(({ address, outcome }) => `${address} ${outcome}`).join(', '),
  );
  return { stored, delivered, received, statuses, submitted };
}
