import { ImapFlow } from 'imapflow';
import { afterEach, expect, it } from 'vitest';
import { loadProfile } from '../profiles/index.ts';
import type { Rule } from '../rules/rule.ts';
import type { Provider } from '../world/provider.ts';
import { World } from '../world/world.ts';

// Policy: the client most Node programs use works unmodified against the server of a world, on its clock, in all it
// does; one seed gives one trace, and nothing real is touched.

let world: World | undefined;
afterEach(() => void world?.end());

const address = 'anna@alpha.test';

function open(rules: readonly Rule[] = []): { provider: Provider; connect: () => Promise<ImapFlow> } {
  world = new World({
    seed: 5,
    providers: [
      {
        profile: loadProfile('dovecot-postfix'),
        domain: 'alpha.test',
        mailboxes: [{ address, password: 's3cret' }],
      },
    ],
    rules,
  });
  const { connector } = world.life('client');
  const provider = world.provider('alpha.test');
  const connect = async (): Promise<ImapFlow> => {
    const connection = await connector.connectSocket({ host: 'imap.alpha.test', port: 993, tls: true });
    // The types leave the transport out.
    const client = new ImapFlow({
      host: 'imap.alpha.test',
      port: 993,
      secure: false,
      doSTARTTLS: false,
      auth: { user: address, pass: 's3cret' },
      logger: false,
      transport: {
        connect: (_options: object, onConnect: () => void) => {
          setImmediate(onConnect);
          return connection;
        },
      },
    } as unknown as ConstructorParameters<typeof ImapFlow>[0]);
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  return { provider, connect };
}

function deliver({ mail }: Provider, ...texts: readonly string[]): void {
  for (const text of texts) mail.deliver(mail.find(address)!, { raw: Buffer.from(text), envelopeFrom: '' });
}

async function wholeSession(): Promise<string[]> {
  const { provider, connect } = open();
  deliver(
    provider,
    'Subject: =?utf-8?Q?caf=C3=A9?=\r\nFrom: Bob <bob@beta.test>\r\nMessage-ID: <1@x>\r\n\r\none\r\n',
    'Subject: two\r\n\r\ntwo\r\n',
  );
  const seen: string[] = [];
  await world?.run(async () => {
    const client = await connect();
    await client.mailboxOpen('INBOX');
    for await (const message of client.fetch('1:*', {
      uid: true,
      flags: true,
      envelope: true,
      bodyStructure: true,
      source: true,
      size: true,
      internalDate: true,
    }))
      seen.push(
        `${message.uid} ${message.envelope?.subject} ${message.size} ${message.source?.length} ${message.bodyStructure?.type}`,
      );
    seen.push(String(await client.search({ subject: 'café' }, { uid: true })));
    await client.messageFlagsAdd('1', ['\\Seen', '$Work']);
    await client.mailboxCreate(['Projekte', 'Größe']);
    const appended = await client.append('Projekte/Größe', 'Subject: three\r\n\r\nthree\r\n', ['\\Seen']);
    seen.push(`appended ${appended !== false && appended.uid}`);
    const copied = await client.messageCopy('1', 'Projekte/Größe');
    seen.push(`copied ${copied !== false && copied.uidMap?.get(1)}`);
    await client.messageMove('1', 'Projekte/Größe');
    seen.push((await client.list()).map(({ path }) => path).join());
    const status = await client.status('Projekte/Größe', {
      messages: true,
      unseen: true,
      uidNext: true,
      highestModseq: true,
    });
    seen.push(
      JSON.stringify(status, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
    await client.messageDelete('1:*');
    seen.push(`left ${client.mailbox !== false && client.mailbox.exists}`);
    await client.mailboxRename('Projekte/Größe', 'Projekte/Klein');
    await client.mailboxDelete('Projekte/Klein');
    await client.logout();
  });
  const end = world?.end();
  world = undefined;
  expect(end?.leaks).toEqual([]);
  return [...seen, end?.digest ?? ''];
}

it('reads, searches, flags, files, moves and deletes, and does so again in the same way', async () => {
  const first = await wholeSession();
  expect(first.slice(0, -1)).toEqual([
    '1 café 85 85 text/plain',
    '2 two 21 21 text/plain',
    '1',
    'appended 1',
    'copied 2',
    'INBOX,Projekte,Projekte/Größe',
    '{"path":"Projekte/Größe","messages":3,"unseen":0,"uidNext":4,"highestModseq":"4"}',
    'left 0',
  ]);
  expect(await wholeSession()).toEqual(first);
});

it('hears at once of mail that comes while it idles, for as long as it idles', async () => {
  const { provider, connect } = open();
  const heard: string[] = [];
  await world?.run(async () => {
    const client = await connect();
    await client.mailboxOpen('INBOX');
    client.on('exists', ({ count }: { count: number }) => heard.push(`${count} at ${world?.elapsedMs()}`));
    client.on('expunge', () => heard.push(`expunged at ${world?.elapsedMs()}`));
    const idling = client.idle();
    await new Promise((resolve) => setTimeout(resolve, 25 * 60_000));
    const fromMs = world?.elapsedMs() ?? 0;
    deliver(provider, 'Subject: new\r\n\r\nnew\r\n');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    provider.mail.find(address)?.removeOldest(1, 'test');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(heard).toEqual([`1 at ${fromMs + 20}`, `expunged at ${fromMs + 1_020}`]);
    await client.logout();
    await idling;
  });
});

it('is told of a limit, of a lost connection in a literal, and of a command that failed', async () => {
  const { provider, connect } = open([
    {
      id: 'failed',
      where: { protocol: 'imap', command: 'UID SEARCH' },
      when: { hits: 1 },
      what: { kind: 'reply', text: 'NO [SERVERBUG] UID SEARCH Server error - Please try again later' },
    },
    {
      id: 'cut',
      where: { protocol: 'imap', command: 'UID FETCH', phase: 'body' },
      when: { hits: 1 },
      what: { kind: 'cut', afterShare: 0.5 },
    },
  ]);
  deliver(provider, `Subject: long\r\n\r\n${'x'.repeat(10_000)}\r\n`);
  await world?.run(async () => {
    const client = await connect();
    await client.mailboxOpen('INBOX');
    expect(await client.search({ all: true }, { uid: true })).toBe(false);
    expect(await client.search({ all: true }, { uid: true })).toEqual([1]);
    await expect(client.fetchOne('1', { source: true }, { uid: true })).rejects.toThrow(/connection/i);
    const other = await connect();
    await other.mailboxOpen('INBOX');
    const message = await other.fetchOne('1', { source: true }, { uid: true });
    expect(message !== false && message.source?.length).toBe(10_019);
    await other.logout();
  });
  expect(world?.rules.ledger().map(({ fired }) => fired)).toEqual([1, 1]);
});
