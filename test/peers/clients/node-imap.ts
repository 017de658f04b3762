import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ImapMailbox } from './imap-clients.ts';

type Done<T = unknown> = (error: Error | null | undefined, value: T) => void;

/** A folder as node-imap knows it. */
export interface OpenBox {
  readonly messages: { readonly total: number; readonly new: number };
}

/** What the tests use of node-imap 0.8 (`imap` on npm; the name `node-imap` there is a fork's), which brings no types of its own. */
export interface NodeImap extends EventEmitter {
  connect(): void;
  end(): void;
  openBox(name: string, readOnly: boolean, done: Done<OpenBox>): void;
  closeBox(expunge: boolean, done: Done): void;
  addBox(name: string, done: Done): void;
  renameBox(from: string, to: string, done: Done<OpenBox>): void;
  delBox(name: string, done: Done): void;
  getBoxes(done: Done<Readonly<Record<string, unknown>>>): void;
  search(criteria: readonly unknown[], done: Done<number[]>): void;
  addFlags(uids: readonly number[], flags: readonly string[], done: Done): void;
  delFlags(uids: readonly number[], flags: readonly string[], done: Done): void;
  move(uids: readonly number[], folder: string, done: Done): void;
  copy(uids: readonly number[], folder: string, done: Done): void;
  append(message: Buffer, options: { mailbox: string; flags: readonly string[] }, done: Done): void;
  fetch(uids: readonly number[], options: { bodies: ''; struct: boolean }): EventEmitter;
}

// The constructor's type is the library's, as its documentation has it.
const Imap = createRequire(import.meta.url)('node-imap') as new (options: {
  user: string;
  password: string;
  host: string;
  port: number;
  tls: boolean;
  tlsOptions: { ca: Buffer; servername: string };
}) => NodeImap;

/** Connects and logs in. */
export function connectNodeImap({ port, login, password, caFile }: ImapMailbox): Promise<NodeImap> {
  const client = new Imap({
    user: login,
    password,
    host: 'localhost',
    port,
    tls: true,
    tlsOptions: { ca: readFileSync(caFile), servername: 'localhost' },
  });
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client));
    client.once('error', reject);
    client.connect();
  });
}

/** Turns one of its calls with a callback into a promise. */
export function called<T = unknown>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}

/** Fetches whole messages of the open folder, and has it parse their structure as well. */
export function fetchWhole(
  client: NodeImap,
  uids: readonly number[],
): Promise<{ readonly source: Buffer; readonly uid: number; readonly flags: string[] }[]> {
  const messages: { source: Buffer; uid: number; flags: string[] }[] = [];
  return new Promise((resolve, reject) => {
    const fetching = client.fetch(uids, { bodies: '', struct: true });
    fetching.on('message', (message: EventEmitter) => {
      const chunks: Buffer[] = [];
      const one = { source: Buffer.of(), uid: 0, flags: [] as string[] };
      messages.push(one);
      message.on('body', (body: EventEmitter) => {
        body.on('data', (chunk: Buffer) => chunks.push(chunk));
        body.on('end', () => {
          one.source = Buffer.concat(chunks);
        });
      });
      message.on('attributes', ({ uid, flags }: { uid: number; flags: string[] }) =>
        Object.assign(one, { uid, flags }),
      );
    });
    fetching.once('error', reject);
    fetching.once('end', () => resolve(messages));
  });
}
