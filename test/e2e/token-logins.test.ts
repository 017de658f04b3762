import { describe, expect, it } from 'vitest';
import { type CredentialRef, EmailStatus, Engine, openSqliteStore } from '../../engine/index.ts';
import {
  createWorld,
  type Provider,
  type Rule,
  sleep,
  type World,
  type WorldEnd,
} from '../../simulators/index.ts';
import { loadProfile } from '../../simulators/profiles/index.ts';

// Policy: a POP3 and SMTP mailbox whose credential says how to get a token signs in with one that the identity platform
// issued, over hours and expiries; a token refused at a login is replaced, and trouble with tokens is no bad password.

const domain = 'alpha.test';
const address = `anna@${domain}`;
const minuteMs = 60_000;

interface Stage {
  readonly world: World;
  readonly provider: Provider;
  readonly engine: Engine;
  readonly pass: (ms: number) => Promise<void>;
  readonly deliver: (subject: string) => void;
  readonly received: () => Promise<readonly string[]>;
  readonly errors: string[];
  readonly asked: () => number;
}

async function inWorld(
  grant: 'client-secret' | 'refresh-token',
  main: (stage: Stage) => Promise<void>,
  rules: readonly Rule[] = [],
): Promise<WorldEnd> {
  const profile = loadProfile('exchange-online');
  const world = createWorld({ seed: 3, rules, providers: [{ profile, domain, mailboxes: [{ address }] }] });
  const store = openSqliteStore({ path: ':memory:' });
  const provider = world.provider(domain);
  const { oauth, pop3, smtp, mail } = provider;
  const app = oauth?.service.apps[0];
  if (oauth === undefined || app === undefined) throw new Error('The profile has an identity platform.');
  const secret = grant === 'client-secret' ? (app.secret ?? '') : oauth.service.issueRefreshToken(address);
  const errors: string[] = [];
  let asked = 0;
  world.trace.subscribe((event) => {
    if (event.kind === 'command' && event.command === 'POST /token') asked += 1;
  });
  const life = world.life('engine');
  const engine = new Engine({
    store,
    clock: world.clock,
    random: life.random,
    connector: life.connector,
    secrets: async () => secret,
    observe: (event) => {
      if (event.kind === 'cycle-end' && event.code !== undefined) errors.push(event.code);
    },
  });
  try {
    await world.run(async () => {
      await store.saveProfile({
        id: 'p',
        name: 'Exchange by POP3',
        serverType: 'pop3-smtp',
        incoming: { host: pop3.host, port: pop3.tlsPort, security: 'tls' },
        outgoing: { host: smtp.host, port: smtp.tlsPort, security: 'tls' },
        processEmailsReceivedAfter: 0,
        maxConcurrentConnections: 10,
        minPollingIntervalInMinutes: 0,
        timeoutMailboxConnectionAfterMs: 100_000,
      });
      const credential: CredentialRef = {
        username: address,
        secret: 'the-app',
        mechanism: 'xoauth2',
        oauth: { authority: oauth.authority, clientId: app.clientId, grant },
      };
      await store.saveMailbox({
        id: 'anna',
        name: 'Anna',
        emailAddress: address,
        emailServerProfileId: 'p',
        credential,
        enabledForIncomingEmail: true,
        enabledForOutgoingEmail: true,
        processEmailReceivedAfter: 0,
        processAndDeleteEmails: false,
      });
      expect((await store.mailbox('anna'))?.credential).toEqual(credential);
      await life.run(() => engine.start());
      await main({
        world,
        provider,
        engine,
        errors,
        asked: () => asked,
        pass: (ms) => sleep(world.clock, ms),
        deliver: (subject) => {
          const mailbox = mail.find(address);
          if (mailbox === undefined) throw new Error('Anna has a mailbox.');
          mail.deliver(mailbox, {
            raw: Buffer.from(`Subject: ${subject}\r\n\r\nHello\r\n`),
            envelopeFrom: '',
          });
        },
        received: async () => (await store.receivedEmails('anna')).map(({ subject }) => subject ?? '').sort(),
      });
      await engine.stop();
    });
    return world.end();
  } catch (error) {
    world.end();
    throw error;
  } finally {
    await store.close();
  }
}

describe('a mailbox that signs in by token', () => {
  it.each(['client-secret', 'refresh-token'] as const)(
    'has its mail both ways over hours, by %s',
    async (grant) => {
      const { leaks } = await inWorld(grant, async ({ engine, deliver, pass, received, errors, asked }) => {
        deliver('first');
        await engine.queueEmail({
          id: 'out',
          mailboxId: 'anna',
          subject: 'Out',
          to: [{ address: 'zoe@beta.test' }],
          textBody: 'Hi',
        });
        await pass(30 * minuteMs);
        deliver('second');
        await pass(150 * minuteMs);
        deliver('third');
        await pass(10 * minuteMs);
        expect(await received()).toEqual(['first', 'second', 'third']);
        expect((await engine.store.outgoingEmail('out'))?.status).toBe(EmailStatus.sent);
        expect(errors).toEqual([]);
        // Three hours and ten minutes of tokens that live an hour.
        expect(asked()).toBe(4);
      });
      expect(leaks).toEqual([]);
    },
  );

  it('gets another token where the first is refused at a login', async () => {
    await inWorld('client-secret', async ({ provider, deliver, pass, received, errors, asked }) => {
      await pass(minuteMs);
      provider.oauth?.service.revoke({
        clientId: provider.oauth.service.apps[0]?.clientId ?? '',
        accessTokens: true,
      });
      deliver('first');
      await pass(30 * minuteMs);
      expect(await received()).toEqual(['first']);
      expect(errors).toEqual(['pop3-logon-failure']);
      expect(asked()).toBe(2);
    });
  });

  it('waits as long as the identity platform says, and is not disabled', async () => {
    const text = '429\nContent-Type: text/plain\nRetry-After: 600\n\nToo Many Requests';
    const throttled: Rule = {
      id: 'throttled',
      where: { protocol: 'graph', command: 'POST /token' },
      when: { hits: 1 },
      what: { kind: 'reply', text },
    };
    await inWorld(
      'client-secret',
      async ({ deliver, pass, received, errors, asked }) => {
        deliver('first');
        await pass(9 * minuteMs);
        expect([errors, asked()]).toEqual([['oauth-throttled'], 1]);
        await pass(20 * minuteMs);
        expect(await received()).toEqual(['first']);
      },
      [throttled],
    );
  });
});
