import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import nodemailer from 'nodemailer';
import { Agent, fetch } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

// Policy: `mailclock serve` is a provider any program can talk to, over plain TCP and over TLS that verifies; its time is
// the one it was given; what cannot be served is one sentence and exit code 2; SIGTERM ends it with 0, clients or not.

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

interface Ready {
  readonly endpoints: Readonly<Record<'pop3' | 'pop3s' | 'smtp' | 'smtps', { host: string; port: number }>> &
    Readonly<Partial<Record<'graph' | 'login', { host: string; port: number; url: string }>>>;
  readonly caFile: string;
  readonly apps?: readonly { readonly clientId: string; readonly clientSecret: string }[];
  readonly mailboxes: readonly { readonly address: string; readonly password: string }[];
}

interface Server extends Ready {
  readonly child: ChildProcessWithoutNullStreams;
  /** The next line of standard output. */
  line(): Promise<string>;
}

const children = new Set<ChildProcessWithoutNullStreams>();

function start(words: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [main, 'serve', ...words]);
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function serve(...words: string[]): Promise<Server> {
  const child = start(words);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  const ready: Ready = JSON.parse(await line());
  return { ...ready, child, line };
}

async function stop({ child }: Server): Promise<number | null> {
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  return code;
}

/** A POP3 client that is nothing but lines. */
class Pop3 {
  readonly #lines: AsyncIterator<string>;
  readonly socket: net.Socket;

  constructor(socket: net.Socket) {
    this.socket = socket;
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  say(command: string): Promise<string> {
    this.socket.write(`${command}\r\n`);
    return this.line();
  }

  async signIn({ address, password }: Ready['mailboxes'][number]): Promise<string> {
    await this.line();
    await this.say(`USER ${address}`);
    return this.say(`PASS ${password}`);
  }

  async retrieve(n: number): Promise<string[]> {
    expect(await this.say(`RETR ${n}`)).toMatch(/^\+OK/);
    const lines: string[] = [];
    for (let line = await this.line(); line !== '.'; line = await this.line()) lines.push(line);
    return lines;
  }
}

async function overTls({ endpoints, caFile }: Ready): Promise<Pop3> {
  const socket = tls.connect({ ...endpoints.pop3s, servername: 'localhost', ca: await readFile(caFile) });
  await once(socket, 'secureConnect');
  return new Pop3(socket);
}

const plain = ({ endpoints }: Ready): Pop3 => new Pop3(net.connect(endpoints.pop3));

describe('mailclock serve', () => {
  let folder: string;
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailclock-serve-'));
    await file('1.eml', 'Subject: one\r\n\r\nfirst\r\n');
    await file('2.eml', 'Subject: two\r\n\r\n.second\r\n');
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives the messages of a folder, and takes and delivers mail, over TLS and STARTTLS', async () => {
    const mailboxes = [
      { address: 'anna@mail.test', password: 'a secret' },
      { address: 'bert@mail.test', password: 'another' },
    ] as const;
    const server = await serve(
      ...['--mailbox-file', await file('mailboxes.json', JSON.stringify(mailboxes))],
      ...['--messages', folder],
    );
    const anna = await overTls(server);
    expect(await anna.signIn(mailboxes[0])).toMatch(/^\+OK/);
    expect(await anna.say('STAT')).toMatch(/^\+OK 2 /);
    expect(await anna.retrieve(2)).toEqual(['Subject: two', '', '..second']);
    anna.socket.destroy();

    const ca = await readFile(server.caFile);
    for (const [service, secure] of [
      ['smtp', false],
      ['smtps', true],
    ] as const) {
      const transport = nodemailer.createTransport({
        host: 'localhost',
        port: server.endpoints[service].port,
        secure,
        requireTLS: true,
        auth: { user: mailboxes[0].address, pass: mailboxes[0].password },
        tls: { ca },
      });
      const { accepted } = await transport.sendMail({
        from: mailboxes[0].address,
        to: mailboxes[1].address,
        subject: `over ${service}`,
        text: 'hello',
      });
      expect(accepted).toEqual([mailboxes[1].address]);
    }
    const bert = plain(server);
    expect(await bert.signIn(mailboxes[1])).toMatch(/^\+OK/);
    expect(await bert.say('STAT')).toMatch(/^\+OK 4 /);
    expect(await bert.retrieve(4)).toContain('Subject: over smtps');
    expect(await stop(server)).toBe(0);
  });

  it('serves Graph and its identity platform over HTTPS, faults included, where the profile has them', async () => {
    const folders = 'GET /mailFolders';
    const rules = [
      ['cut', 'body', { kind: 'cut', afterShare: 0.5 }],
      ['reset', 'command', { kind: 'reset' }],
      ['closed', 'command', { kind: 'close' }],
      ['empty', 'command', { kind: 'reply', text: '503\n\n' }],
      ['garbage', 'reply', { kind: 'garbage', text: 'x' }],
      ['slices', 'body', { kind: 'slice', maxBytes: 50 }],
    ].map(([id, phase, what], n) => ({
      ...{ id, what, where: { protocol: 'graph', command: folders, phase } },
      // What ends a request earlier keeps it from the later places: each counts only what it sees.
      when: { hits: { cut: 2, reset: 3, closed: 4, empty: 5, garbage: 3, slices: 3 }[String(id)] ?? n },
    }));
    const path = await file('graph.json', JSON.stringify(rules));
    const server = await serve('--profile', 'exchange-online', '--rules', path);
    const { graph, login } = server.endpoints;
    const [app] = server.apps ?? [];
    const dispatcher = new Agent({ connect: { ca: await readFile(server.caFile) } });
    const granted = await fetch(`${login?.url}/oauth2/v2.0/token`, {
      dispatcher,
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: app?.clientId ?? '',
        client_secret: app?.clientSecret ?? '',
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const ask = async (): Promise<string> => {
      try {
        const response = await fetch(`${graph?.url}/users/${server.mailboxes[0]?.address}/mailFolders`, {
          dispatcher,
          headers: { Authorization: `Bearer ${token}` },
        });
        const text = await response.text();
        return `${response.status} ${text.startsWith('{') ? Object.keys(JSON.parse(text)) : text}`;
      } catch (error) {
        return String(error);
      }
    };
    const said: string[] = [];
    for (let n = 0; n < 7; n += 1) said.push(await ask());
    expect(said).toEqual([
      '200 @odata.context,value',
      'TypeError: terminated',
      'TypeError: fetch failed',
      'TypeError: fetch failed',
      '503 ',
      'TypeError: fetch failed',
      '200 @odata.context,value',
    ]);
    await dispatcher.close();
    expect(await stop(server)).toBe(0);
  });

  it('refuses a client that does not trust its authority', async () => {
    const server = await serve();
    const socket = tls.connect({ ...server.endpoints.pop3s, servername: 'localhost' });
    const [error] = await once(socket, 'error');
    expect(error.code).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
  });

  it('lets time pass only as told with a stepped clock', async () => {
    const rules = [
      {
        id: 'late',
        where: { protocol: 'pop3', command: 'STAT' },
        what: { kind: 'delay', delayMs: 60_000 },
      },
    ];
    const server = await serve(
      '--clock',
      'stepped',
      '--rules',
      await file('late.json', JSON.stringify(rules)),
    );
    const client = plain(server);
    expect(await client.signIn(server.mailboxes[0] ?? { address: '', password: '' })).toMatch(/^\+OK/);
    let answered = false;
    const reply = client.say('STAT').finally(() => (answered = true));
    // The server has surely read STAT when a later connection was greeted.
    await plain(server).line();
    server.child.stdin.write('advance 59999\n');
    const before: { now: number } = JSON.parse(await server.line());
    expect(answered).toBe(false);
    server.child.stdin.write('advance 1\n');
    const after: { now: number } = JSON.parse(await server.line());
    expect(after.now - before.now).toBe(1);
    expect(await reply).toMatch(/^\+OK 0 0/);
    server.child.stdin.write('step on\n');
    expect(String((await once(server.child.stderr, 'data'))[0])).toContain('"step on" is not understood');
    expect(await stop(server)).toBe(0);
  });

  it('makes time pass faster with a scaled clock', async () => {
    const rules = [
      {
        id: 'late',
        where: { protocol: 'pop3', phase: 'banner' },
        what: { kind: 'delay', delayMs: 60_000 },
      },
    ];
    const path = await file('minute.json', JSON.stringify(rules));
    const server = await serve('--clock', 'scaled:600', '--rules', path);
    expect(await plain(server).line()).toMatch(/^\+OK/);
  });

  it('ends with 0 while clients are connected, and removes what it wrote', async () => {
    const server = await serve('--mailboxes', '2');
    const clients = [plain(server), await overTls(server), new Pop3(net.connect(server.endpoints.smtp))];
    await Promise.all(clients.map((client) => client.line()));
    const closed = Promise.all(
      clients.map(({ socket }) =>
        once(
          socket.on('error', () => {}),
          'close',
        ),
      ),
    );
    expect(await stop(server)).toBe(0);
    await closed;
    expect(existsSync(server.caFile)).toBe(false);
  });

  it('exits 2 with a sentence for what cannot be served', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = String(typeof address === 'object' ? address?.port : 0);
    const rule = { id: 'r', where: { protocol: 'pop3' } };
    const cases: [string[], RegExp][] = [
      [['--profile', 'nobody'], /no provider profile "nobody": use one of exchange-online, /],
      [['--pop3-port', port], new RegExp(`Port ${port} is in use: choose another`)],
      [['--clock', 'sundial'], /must be real, stepped, or scaled:<factor>/],
      [['--mailboxes', '0'], /whole number from 1 to 100000/],
      [['--messages', '/nowhere'], /\/nowhere is not a folder that can be read/],
      [['--rules', '/nowhere.json'], /\/nowhere\.json cannot be read/],
      [['--rules', await file('bad.json', '[')], /bad\.json is not JSON/],
      [
        ['--rules', await file('odd.json', JSON.stringify([{ ...rule, what: { kind: 'explode' } }]))],
        /odd\.json: what\.kind of rule 1 is "explode"/,
      ],
      [
        ['--rules', await file('kill.json', JSON.stringify([{ ...rule, what: { kind: 'kill' } }]))],
        /Rule r kills the client, which only a world can do/,
      ],
      [['--mailbox-file', await file('none.json', '[]')], /none\.json must hold a JSON array of \{"address"/],
      [
        ['--mailbox-file', await file('far.json', '[{"address": "a@far.test", "password": "x"}]')],
        /"a@far\.test", which is not of mail\.test: set --domain/,
      ],
    ];
    await Promise.all(
      cases.map(async ([words, sentence]) => {
        const child = start(words);
        let stderr = '';
        child.stderr.on('data', (data) => (stderr += data));
        const [code] = await once(child, 'close');
        expect(stderr).toMatch(sentence);
        expect(stderr).not.toMatch(/\n\s+at /);
        expect(code).toBe(2);
      }),
    );
    taken.close();
  }, 60_000);
});
