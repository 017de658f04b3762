import { afterEach, describe, expect, it } from 'vitest';
import { SyncError } from '../../engine/errors/engine-error.ts';
import { ConnectionPool } from '../../engine/imap/connection-pool.ts';
import type { ImapUse } from '../../engine/imap/imap-access.ts';
import type { ImapSession } from '../../engine/imap/imap-session.ts';
import type { ImapSmtpProfile } from '../../engine/records/email-server-profile.ts';
import type { CredentialRef } from '../../engine/records/mailbox.ts';
import { defaultSettings } from '../../engine/records/settings.ts';
import { openSqliteStore } from '../../engine/store/sqlite/open-sqlite-store.ts';
import { aMailbox, aProfile } from '../../engine/testing/fixtures.ts';
import { createWorld, type Rule, sleep, type World } from '../../simulators/index.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';

// Policy: a session over imapflow does what its interface says against the server of a world, in virtual time; every
// failure is classified; connections are kept within the profile's number and none is left behind.

const names = ['ann', 'ben', 'cat'];
const address = (name: string): string => `${name}@alpha.test`;
let world: World | undefined;
afterEach(() => void world?.end());

interface Stage {
  readonly pool: ConnectionPool;
  readonly use: <Result>(
    work: (session: ImapSession) => Promise<Result>,
    changes?: {
      name?: string;
      credential?: Partial<CredentialRef>;
      profile?: Partial<ImapSmtpProfile>;
      signal?: AbortSignal;
    },
  ) => Promise<Result>;
  readonly deliver: (...texts: readonly string[]) => void;
}

const imapProfile = {
  serverType: 'imap-smtp',
  incoming: { host: 'imap.alpha.test', port: 993, security: 'tls' },
} as const;

function stage(rules: readonly Rule[] = [], keepMs = defaultSettings.imapKeepConnectionMs): Stage {
  world = createWorld({
    seed: 5,
    rules,
    providers: [
      {
        profile: loadProfile('dovecot-postfix'),
        domain: 'alpha.test',
        mailboxes: names.map((name) => ({ address: address(name), password: 's3cret-word' })),
      },
    ],
  });
  const { clock } = world;
  const { connector } = world.life('engine');
  const settings = { ...defaultSettings, imapKeepConnectionMs: keepMs };
  const store = openSqliteStore({ path: ':memory:' });
  const pool = new ConnectionPool({ clock, connector, settings, store, owner: 'engine' });
  const provider = world.provider('alpha.test');
  const { mail } = provider;
  return {
    pool,
    use: (
      work,
      { name = 'ann', credential = {}, profile = {}, signal = new AbortController().signal } = {},
    ) => {
      const base = aProfile();
      const context: ImapUse = {
        mailbox: aMailbox(name, {
          credential: { username: address(name), secret: name, mechanism: 'password', ...credential },
        }),
        profile: {
          ...base,
          ...imapProfile,
          ...profile,
        },
        secret: () => Promise.resolve('s3cret-word'),
        signal,
      };
      return pool.use(context, work);
    },
    deliver: (...texts) => {
      for (const text of texts)
        mail.deliver(mail.find(address('ann'))!, { raw: Buffer.from(text), envelopeFrom: '' });
    },
  };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const got: Item[] = [];
  for await (const item of items) got.push(item);
  return got;
}

async function trouble(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return `${error.classified.class} ${error.code} ${error.classified.phase}`;
  }
}

describe('a session', () => {
  it('lists, selects, fetches, flags, appends, finds and expunges', async () => {
    const { use, pool, deliver } = stage();
    deliver('Subject: one\r\nMessage-ID: <1@x>\r\n\r\none\r\n', 'Subject: two\r\n\r\ntwo is longer\r\n');
    await world?.run(async () => {
      await use(async (session) => {
        const folders = await session.folders();
        expect(folders.map(({ path }) => path)).toContain('INBOX');
        const inbox = await session.select('INBOX');
        expect(inbox).toMatchObject({ messages: 2, readOnly: false, keywords: true });
        expect(inbox.uidValidity).toBeGreaterThan(0);
        expect(await session.status('INBOX')).toMatchObject({ messages: 2, uidNext: inbox.uidNext });
        const uids = await session.uids();
        expect(uids).toHaveLength(2);
        expect(await session.uids(inbox.uidNext)).toEqual([]);
        const [first, second] = uids;
        const summaries = await all(session.summaries(uids));
        expect(summaries.map(({ uid, sizeBytes }) => [uid, sizeBytes])).toEqual([
          [first, 40],
          [second, 31],
        ]);
        expect(summaries[0]?.internalDateMs).toBeGreaterThan(1_000_000_000_000);
        const sources = await all(session.sources([...uids, 999], 39));
        expect(sources).toEqual([
          { uid: first, tooLarge: 40 },
          { uid: second, raw: Buffer.from('Subject: two\r\n\r\ntwo is longer\r\n') },
        ]);
        expect(await session.changeFlags([first!], { add: ['\\Seen', 'mine'] })).toEqual([]);
        const [seen] = await all(session.summaries([first!]));
        expect([...(seen?.flags ?? [])].sort()).toEqual(['\\Seen', 'mine']);
        expect(await session.findByMessageId('INBOX', '<1@x>')).toEqual([first]);
        await session.createFolder('Gesendet/Ärger & mehr');
        await session.createFolder('Gesendet/Ärger & mehr');
        expect((await session.folders()).map(({ path }) => path)).toContain('Gesendet/Ärger & mehr');
        const raw = Buffer.from('Subject: copy\r\nMessage-ID: <c@x>\r\n\r\ncopy\r\n');
        const filed = await session.append('Gesendet/Ärger & mehr', raw, {
          flags: ['\\Seen'],
          internalDateMs: 1_700_000_000_000,
        });
        expect(await session.findByMessageId('Gesendet/Ärger & mehr', '<c@x>')).toEqual([filed.uid]);
        await session.select('INBOX');
        await session.expunge([second!]);
        expect(await session.uids()).toEqual([first]);
      });
      await pool.close();
    });
  });

  it('hears what is new at the next status, in one round trip while nothing is', async () => {
    const { use, pool, deliver } = stage();
    await world?.run(async () => {
      await use(async (session) => {
        const { uidNext } = await session.select('INBOX');
        expect(await session.status('INBOX')).toMatchObject({ messages: 0, uidNext });
        deliver('Subject: one\r\n\r\none\r\n');
        expect(await session.status('INBOX')).toMatchObject({ messages: 1, uidNext: uidNext + 1 });
      });
      await pool.close();
    });
  });

  it.each(['password', 'plain', 'login', 'xoauth2', 'oauthbearer'] as const)(
    'signs in by %s or says that it cannot',
    async (mechanism) => {
      const { use, pool } = stage();
      await world?.run(async () => {
        const how = await trouble(use((session) => session.select('INBOX'), { credential: { mechanism } }));
        expect(['none', 'config imap-mechanism-not-offered auth']).toContain(how);
        if (mechanism === 'password' || mechanism === 'plain') expect(how).toBe('none');
        await pool.close();
      });
    },
  );

  it('goes over to TLS by STARTTLS before it signs in', async () => {
    const { use, pool } = stage();
    const incoming = { host: 'imap.alpha.test', port: 143, security: 'starttls' } as const;
    await world?.run(async () => {
      const inbox = await use((session) => session.select('INBOX'), { profile: { incoming } });
      expect(inbox.path).toBe('INBOX');
      await pool.close();
    });
  });

  it('tells a wrong password from a server that is not there', async () => {
    const { use, pool } = stage();
    await world?.run(async () => {
      const wrong = trouble(
        use((session) => session.folders(), { credential: { username: address('nobody') } }),
      );
      expect(await wrong).toBe('auth-dead imap-auth-refused auth');
      const incoming = { host: 'nowhere.test', port: 993, security: 'tls' } as const;
      const nowhere = trouble(use((session) => session.folders(), { profile: { incoming } }));
      expect(await nowhere).toBe('transient host-not-found tls');
      await pool.close();
    });
  });

  it('refuses apop', async () => {
    const { use, pool } = stage();
    await world?.run(async () => {
      const refused = trouble(use((session) => session.folders(), { credential: { mechanism: 'apop' } }));
      expect(await refused).toBe('config credential-mechanism auth');
      await pool.close();
    });
  });
});

describe('the pool', () => {
  it('uses one connection for a mailbox again and again', async () => {
    const { use, pool } = stage();
    await world?.run(async () => {
      const first = await use(async (session) => session);
      expect(await use(async (session) => session)).toBe(first);
      await pool.close();
      expect(await use(async (session) => session)).not.toBe(first);
      await pool.close();
    });
  });

  it('closes one that was kept long enough, and opens another', async () => {
    const { use, pool } = stage([], 60_000);
    await world?.run(async () => {
      const first = await use(async (session) => session);
      await new Promise<void>((resolve) => void world!.clock.setTimeout(resolve, 120_000));
      expect(await use(async (session) => session)).not.toBe(first);
      await pool.close();
    });
  });

  it('never has more open than the profile allows, whoever asks', async () => {
    const { use, pool } = stage();
    let inUse = 0;
    let most = 0;
    await world?.run(async () => {
      const profile = { maxConcurrentConnections: 2 };
      const one = (name: string) =>
        use(
          async (session) => {
            inUse += 1;
            most = Math.max(most, inUse);
            await session.select('INBOX');
            inUse -= 1;
          },
          { name, profile },
        );
      await Promise.all([...names, ...names].map(one));
      await pool.close();
    });
    expect(most).toBe(2);
  });

  it('ends a wait for a connection with the cycle', async () => {
    const { use, pool } = stage();
    const aborter = new AbortController();
    await world?.run(async () => {
      const profile = { maxConcurrentConnections: 1 };
      await use(
        async () => {
          const waiting = trouble(
            use((session) => session.folders(), { name: 'ben', profile, signal: aborter.signal }),
          );
          aborter.abort();
          expect(await waiting).toBe('transient cycle-aborted connect');
        },
        { profile },
      );
      expect(await trouble(use((session) => session.folders(), { name: 'cat', profile }))).toBe('none');
      await pool.close();
    });
  });

  it('gives the slot on when the cycle that waited for it ends in the same millisecond', async () => {
    const { use, pool } = stage();
    const aborter = new AbortController();
    await world?.run(async () => {
      const profile: Partial<ImapSmtpProfile> = { maxConcurrentConnections: 1 };
      const { clock } = world!;
      pool.hold({ ...aProfile(), ...imapProfile, ...profile }, clock.now() + 60_000);
      const first = trouble(
        use((session) => session.folders(), { name: 'ben', profile, signal: aborter.signal }),
      );
      clock.setTimeout(() => aborter.abort(), 60_000);
      const second = trouble(use((session) => session.folders(), { name: 'cat', profile }));
      expect(await first).toBe('transient cycle-aborted connect');
      const freedAt = clock.now();
      expect(await second).toBe('none');
      expect(clock.now() - freedAt).toBeLessThan(10_000);
      await pool.close();
    });
  });
});

const fault = (command: string, what: Rule['what'], when: Rule['when'] = { hits: 1 }): Rule => ({
  id: 'fault',
  where: { protocol: 'imap', command },
  when,
  what,
});

const throttle = 'BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds';

describe('trouble', () => {
  const list = (session: ImapSession) => session.folders();

  it.each([
    [
      'a throttle, at once and with its wait',
      { kind: 'reply', text: `{tag} ${throttle}` },
      'throttled imap-throttled list',
    ],
    [
      'a refusal right before the end',
      { kind: 'reply', text: '{tag} NO [INUSE] Try later.', close: true },
      'transient imap-in-use list',
    ],
    [
      'a limit',
      { kind: 'reply', text: '{tag} NO [LIMIT] LIST Rate limit hit.' },
      'throttled imap-rate-limit list',
    ],
    [
      'a goodbye',
      { kind: 'reply', text: '* BYE Disconnected for inactivity.', close: true },
      'transient imap-idle list',
    ],
    [
      'a dead session',
      { kind: 'reply', text: '{tag} BAD User is authenticated but not connected.' },
      'auth-maybe imap-not-connected list',
    ],
    ['silence', { kind: 'hang' }, 'transient connection-timeout list'],
    ['a reset', { kind: 'reset' }, 'transient connection-lost list'],
    ['an end', { kind: 'close' }, 'transient connection-lost list'],
    ['a peer that vanishes', { kind: 'half-open' }, 'transient connection-timeout list'],
  ] satisfies readonly (readonly [string, Rule['what'], string])[])('tells %s', async (_what, what, told) => {
    const { use, pool } = stage([fault('LIST', what)]);
    await world?.run(async () => {
      const before = world!.clock.now();
      expect(await trouble(use(list))).toBe(told);
      const tookMs = world!.clock.now() - before;
      expect(tookMs).toBeLessThan(told.includes('timeout') ? 110_000 : 10_000);
      if (told.startsWith('throttled')) {
        // Whoever comes next is told what the server said, and the server hears nothing of it before the wait is over.
        const again = world!.clock.now();
        expect(await trouble(use(list))).toBe(told);
        expect(world!.clock.now()).toBe(again);
        await sleep(world!.clock, 60 * 60_000);
      }
      expect(await trouble(use(list))).toBe('none');
      await pool.close();
    });
  });

  it('goes past a kept connection that the server dropped, without an error', async () => {
    const { use, pool } = stage([fault('LIST', { kind: 'close' }, { hits: 2 })]);
    let runs = 0;
    await world?.run(async () => {
      await use(list);
      const again = use((session) => {
        runs += 1;
        return session.folders();
      });
      expect(await trouble(again)).toBe('none');
      expect(runs).toBe(2);
      await pool.close();
    });
  });

  it('ends at once with the cycle', async () => {
    const { use, pool } = stage([fault('LIST', { kind: 'hang' })]);
    const aborter = new AbortController();
    await world?.run(async () => {
      const listing = trouble(use(list, { signal: aborter.signal }));
      world!.clock.setTimeout(() => aborter.abort(), 5_000);
      const before = world!.clock.now();
      expect(await listing).toBe('transient cycle-aborted list');
      expect(world!.clock.now() - before).toBe(5_000);
      await pool.close();
    });
  });

  it('never has the secret in it', async () => {
    const blob = Buffer.from(`\0${address('ann')}\0s3cret-word`).toString('base64');
    const { use, pool } = stage([
      fault('AUTHENTICATE', { kind: 'reply', text: `{tag} NO you sent s3cret-word ${blob}` }),
    ]);
    await world?.run(async () => {
      const told = await use(list).catch((error: unknown) => error);
      expect(told).toBeInstanceOf(SyncError);
      expect((told as SyncError).classified.text).toBe('you sent [secret] [secret]');
      await pool.close();
    });
  });
});
