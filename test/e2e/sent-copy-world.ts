import { Engine, openSqliteStore, type Settings, type Store } from '../../engine/index.ts';
import type { OutgoingEmail } from '../../engine/records/email.ts';
import { createWorld, type Rule, sleep } from '../../simulators/index.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';

export interface SentCopyWorldOptions {
  readonly profile?: string;
  /** `imap.` and this is what its IMAP server is called. */
  readonly domain?: string;
  readonly rules?: readonly Rule[];
  readonly settings?: Partial<Settings>;
  readonly saveSentCopy?: boolean;
  readonly emails?: readonly string[];
  /** How long it goes on, in minutes; default an hour. */
  readonly minutes?: number;
  /** The engine dies so many virtual milliseconds after it began, and starts again a minute later. */
  readonly diesAtMs?: number;
}

export interface SentCopyWorldEnd {
  readonly rows: readonly OutgoingEmail[];
  /** What is in the Sent folder. */
  readonly filed: readonly {
    readonly raw: string;
    readonly flags: readonly string[];
    readonly atMs: number;
  }[];
  /** What the submission server took. */
  readonly submitted: readonly string[];
  readonly alertCodes: readonly string[];
  /** APPEND commands the IMAP server read. */
  readonly appends: number;
  readonly peakImap: number;
  readonly leaks: readonly unknown[];
}

/** The whole engine against one provider, sending for a mailbox whose mail comes in by IMAP. */
export async function runSentCopyWorld(options: SentCopyWorldOptions): Promise<SentCopyWorldEnd> {
  const { domain = 'alpha.test' } = options;
  const address = `ann@${domain}`;
  const world = createWorld({
    seed: 1,
    link: { latencyMs: 20 },
    rules: options.rules ?? [],
    providers: [
      {
        profile: loadProfile(options.profile ?? 'dovecot-postfix'),
        domain,
        mailboxes: [{ address, password: 's3cret-word' }],
      },
    ],
  });
  let appends = 0;
  world.trace.subscribe((event) => {
    if (event.kind === 'command' && event.protocol === 'imap' && event.command === 'APPEND') appends += 1;
  });
  const { mail, imap, smtp } = world.provider(domain);
  if (imap === undefined) throw new Error('The provider has no IMAP.');
  const at = ({ host, tlsPort }: typeof imap) =>
    ({ host, port: tlsPort, security: 'tls', allowInvalidCertificate: true }) as const;
  const store: Store = openSqliteStore({ path: ':memory:' });
  try {
    await world.run(async () => {
      await store.saveProfile({
        id: 'p1',
        name: 'alpha',
        serverType: 'imap-smtp',
        incoming: at(imap),
        outgoing: at(smtp),
        processEmailsReceivedAfter: 0,
        maxConcurrentConnections: 2,
        minPollingIntervalInMinutes: 0,
        timeoutMailboxConnectionAfterMs: 100_000,
      });
      await store.saveMailbox({
        id: 'ann',
        name: 'Ann',
        emailAddress: address,
        emailServerProfileId: 'p1',
        credential: { username: address, secret: 'ann', mechanism: 'password' },
        enabledForIncomingEmail: false,
        enabledForOutgoingEmail: true,
        processEmailReceivedAfter: 0,
        processAndDeleteEmails: false,
        ...(options.saveSentCopy !== undefined && { saveSentCopy: options.saveSentCopy }),
      });
      const begin = async (name: string) => {
        const life = world.life(name);
        const engine = new Engine({
          store,
          clock: world.clock,
          random: life.random,
          connector: life.connector,
          secrets: async () => 's3cret-word',
          settings: options.settings ?? {},
        });
        return { life, engine };
      };
      let running = await begin('engine-1');
      for (const id of options.emails ?? ['hello'])
        await running.engine.queueEmail({
          id,
          mailboxId: 'ann',
          subject: id,
          to: [{ address: 'zoe@beta.test' }],
          bcc: [{ address: 'eve@beta.test' }],
          textBody: `This is ${id}.`,
        });
      const { life, engine } = running;
      await life.run(() => engine.start());
      if (options.diesAtMs !== undefined) {
        await sleep(world.clock, options.diesAtMs);
        running.life.kill();
        await sleep(world.clock, 60_000);
        running = await begin('engine-2');
        const next = running;
        await next.life.run(() => next.engine.start());
      }
      await sleep(world.clock, (options.minutes ?? 60) * 60_000);
      await running.engine.stop();
    });
    const rows = await store.outgoingEmails();
    const alertCodes = (await store.alerts({ open: true })).map(({ code }) => code);
    const filed = (mail.find(address)?.role('sent').entries ?? []).map(({ flags, message }) => ({
      raw: message.raw.toString(),
      flags,
      atMs: message.receivedAtMs,
    }));
    const submitted = mail.truth.submissions.map(({ raw }) => raw.toString());
    const { leaks } = world.end();
    return { rows, filed, submitted, alertCodes, appends, peakImap: imap.peakOpen, leaks };
  } catch (error) {
    world.end();
    throw error;
  } finally {
    await store.close();
  }
}
