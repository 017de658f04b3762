import type { Config } from '../../engine/config/config.ts';
import { ConfigError } from '../../engine/config/config-error.ts';
import { readSecret } from '../../engine/config/secrets.ts';
import { Engine, openSqliteStore } from '../../engine/index.ts';
import { NodeConnector } from '../../engine/net/node-connector.ts';
import type { Observer } from '../../engine/ports/observer.ts';
import { systemClock } from '../../engine/ports/system-clock.ts';
import { systemRandom } from '../../engine/ports/system-random.ts';
import type { Store } from '../../engine/store/store.ts';
import { lockStore } from './lock-store.ts';

/**
 * Opens the store a configuration names, writes its profiles and mailboxes into it, and sets an engine on it. Every
 * secret is looked up once before, so that a missing one is told at the start. A mailbox that left the file stays in
 * the store, with its workloads off. Call `release` after the store is closed.
 */
export async function openEngine(
  config: Config,
  enable: readonly string[],
  observe: Observer,
): Promise<{ engine: Engine; store: Store; release: () => void }> {
  const secrets = (reference: string) => readSecret(reference, process.env);
  const ids = new Set(config.mailboxes.map(({ id }) => id));
  for (const id of enable)
    if (!ids.has(id)) throw new ConfigError(`--enable ${id}: ${config.file} has no such mailbox`);
  for (const { id, credential } of config.mailboxes) {
    await secrets(credential.secret).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new ConfigError(`${config.file}: mailboxes.${id}.secret: ${why}`, { cause: error });
    });
  }
  const release = lockStore(config.store);
  const store = open(config.store);
  await write(config, ids, enable, store);
  const engine = new Engine({
    name: 'sync',
    store,
    clock: systemClock,
    random: systemRandom,
    connector: new NodeConnector(),
    secrets: ({ credential }) => secrets(credential.secret),
    observe,
    settings: config.settings,
    plugIns: [],
  });
  return { engine, store, release };
}

function open(path: string): Store {
  try {
    return openSqliteStore({ path });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${path} cannot be opened as the store: ${why}`, { cause: error });
  }
}

async function write(
  config: Config,
  ids: ReadonlySet<string>,
  enable: readonly string[],
  store: Store,
): Promise<void> {
  for (const profile of config.profiles) await store.saveProfile(profile);
  for (const mailbox of config.mailboxes) await store.saveMailbox(mailbox);
  for (const mailbox of await store.mailboxes()) {
    const { id, enabledForIncomingEmail: incoming, enabledForOutgoingEmail: outgoing } = mailbox;
    if (!ids.has(id) && (incoming || outgoing))
      await store.saveMailbox({ ...mailbox, enabledForIncomingEmail: false, enabledForOutgoingEmail: false });
    if (!enable.includes(id)) continue;
    const now = systemClock.now();
    if (incoming) await store.setWorkloadEnabled(id, 'incoming', true, now);
    if (outgoing) await store.setWorkloadEnabled(id, 'outgoing', true, now);
  }
}
