import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store } from '../../../engine/index.ts';
import type { User } from '../servers/dovecot.ts';
import type { MailSystem } from '../servers/mail-system.ts';

/** Anna's secret stands in a file, bert's in the environment. */
export const anna: User = { login: 'anna@example.test', password: 'anna-s3cret-0f9d' };
export const bert: User = { login: 'bert@example.test', password: 'bert-s3cret-7c21' };

export interface Configuration {
  readonly settings?: Readonly<Record<string, number>>;
  readonly protocol?: 'pop3' | 'imap';
  readonly incoming?: 'tls' | 'starttls' | 'none';
  readonly outgoing?: 'tls' | 'starttls';
  /** Over IMAP: a connection waits in IDLE between cycles. */
  readonly hints?: boolean;
  /** At a time with each server; default 10. */
  readonly connections?: number;
  /** Without the test's own authority no certificate is good. */
  readonly trusted?: boolean;
  /** More keys of anna's mailbox. */
  readonly mailbox?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What was printed so far. */
  readonly output: () => string;
}

/** A folder of an operator's: a configuration, a store, and `mailclock sync` started in it. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), 'mcp-'));
  readonly config = join(this.directory, 'mailclock.yaml');
  readonly annasSecret = join(this.directory, 'anna.secret');
  readonly #system: MailSystem;
  readonly #started = new Set<ChildProcess>();

  constructor(system: MailSystem) {
    this.#system = system;
  }

  configure(changes: Configuration = {}): void {
    const { dovecot, postfix, certificates } = this.#system;
    const { incoming = 'starttls', outgoing = 'starttls', trusted = true, mailbox = '' } = changes;
    const ca = trusted ? `, ca: ${certificates.caFile}` : '';
    const { protocol = 'pop3', connections = 10, hints = false } = changes;
    const port = dovecot[incoming === 'tls' ? (`${protocol}s` as const) : protocol];
    const smtp = outgoing === 'tls' ? postfix.submissions : postfix.submission;
    const settings = { incomingMaximumEmailsPerCycle: 1000, incomingWindowMs: 1, outgoingWindowMs: 1 };
    writeFileSync(this.annasSecret, `${anna.password}\n`, { mode: 0o600 });
    writeFileSync(
      this.config,
      `store: store.sqlite
settings: ${JSON.stringify({ ...settings, ...changes.settings })}
profiles:
  local:
    serverType: ${protocol}-smtp
    maxConcurrentConnections: ${connections}${hints ? '\n    hints: true' : ''}
    incoming: { host: localhost, port: ${port}, security: ${incoming}${ca} }
    outgoing: { host: localhost, port: ${smtp}, security: ${outgoing}${ca} }
mailboxes:
  anna: { emailAddress: ${anna.login}, profile: local, secret: "file:${this.annasSecret}"${mailbox} }
  bert: { emailAddress: ${bert.login}, profile: local, secret: env:BERT_SECRET }
`,
    );
  }

  /** Starts the command as an operator does, as a process of its own. */
  start(...args: string[]): Running {
    const main = new URL('../../../cli/main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [main, 'sync', '--config', this.config, ...args], {
      env: { ...process.env, BERT_SECRET: bert.password, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#started.add(child);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
    return {
      child,
      output: () => text(stdout) + text(stderr),
      ended: once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => ({
        code: code as number | null, // what `close` is documented to give
        signal: signal as NodeJS.Signals | null,
        stdout: text(stdout),
        stderr: text(stderr),
      })),
    };
  }

  /** Each workload that is due, once. */
  once(...args: string[]): Promise<Ended> {
    return this.start('--once', ...args).ended;
  }

  /** The store, beside the engine that may be running on it. */
  async withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
    const store = openSqliteStore({ path: join(this.directory, 'store.sqlite') });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  /** The raw messages of a mailbox, in the order they came. */
  raw(mailboxId: string): Promise<Buffer[]> {
    return this.withStore(async (store) => {
      const raws: Buffer[] = [];
      for (const { id } of await store.receivedEmails(mailboxId))
        raws.push(Buffer.from((await store.emailRaw(id))!)); // an email without its source is a bug
      return raws;
    });
  }

  /** How many messages are committed. */
  async count(mailboxId: string): Promise<number> {
    return (await this.withStore((store) => store.receivedEmails(mailboxId))).length;
  }

  /** Every byte of the database's files. */
  storeBytes(): string {
    return readdirSync(this.directory)
      .filter((name) => name.startsWith('store.sqlite'))
      .map((name) => readFileSync(join(this.directory, name), 'latin1'))
      .join('');
  }

  clean(): void {
    for (const child of this.#started) child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Digests, sorted: which messages, and how often each, whatever the order. */
export function digests(messages: readonly Uint8Array[]): string[] {
  return messages.map((message) => hash('sha256', message, 'hex')).sort();
}

/** The last line of what `--json` printed. */
export function summaryOf({ stdout }: Ended): unknown {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** Forms in which a password could be written down: itself, in base64, in SASL PLAIN. */
export function secretForms(): string[] {
  return [anna, bert].flatMap(({ login, password }) => [
    password,
    ...[password, `\0${login}\0${password}`].map((text) =>
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
    ),
  ]);
}
