import type { Duplex, Readable } from 'node:stream';
import { ImapFlow } from 'imapflow';
import type { Reply } from './token.ts';

/** A piece of a command. */
export type Argument =
  | {
      readonly type: 'ATOM' | 'STRING' | 'SEQUENCE';
      readonly value: string;
      readonly sensitive?: boolean;
      /** What stands in brackets behind an atom. */
      readonly section?: readonly [];
    }
  | { readonly type: 'LITERAL'; readonly value: Buffer }
  | readonly Argument[];

export type Untagged = Readonly<Record<string, (reply: Reply) => void>>;

/** What is used of imapflow: its parser and its command channel, which its public types leave out. */
export interface Flow {
  readonly capabilities: ReadonlyMap<string, unknown>;
  readonly greeting?: string;
  readonly greetingReceived?: boolean;
  readonly untaggedHandlers: Record<string, ((reply: Reply) => unknown) | null>;
  expectCapabilityUpdate: boolean;
  state: number;
  readonly states: { readonly AUTHENTICATED: number };
  throttleWait: (delayMs: number) => Promise<boolean>;
  startSession: () => Promise<void>;
  /** What it does when its socket ends or closes. */
  _socketEnd: () => void;
  _socketClose: () => void;
  readonly streamer: Readable;
  closeConnection(): void;
  connect(): Promise<void>;
  exec(
    command: string,
    attributes: readonly Argument[],
    options?: { untagged?: Untagged; onPlusTag?: (reply: Reply) => Promise<void> },
  ): Promise<{ readonly response: Reply; next(): void }>;
  write(text: string): void;
  close(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** A refused command as imapflow rejects with it. */
export interface Refusal {
  readonly responseStatus: 'NO' | 'BAD';
  readonly response: Reply;
}

export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error &&
  'response' in error &&
  'responseStatus' in error &&
  (error.responseStatus === 'NO' || error.responseStatus === 'BAD');

const megabyte = 1024 * 1024;
/** imapflow's own timers are of real time: they are set to the longest there is, and time is kept by the engine's clock. */
const never = 2 ** 31 - 1;

/**
 * imapflow over a socket that is connected. It says nothing by itself: no login, no IDLE, no compression (zlib works in
 * a thread pool), no wait when it is throttled. `startSession` runs after the greeting.
 */
export function flowOver(socket: Duplex, host: string, startSession: () => Promise<void>): Flow {
  // The types know neither `transport` nor the command channel.
  const flow = new ImapFlow({
    host,
    port: 143,
    secure: false,
    doSTARTTLS: false,
    auth: { user: '', pass: '' },
    logger: false,
    id: 'imap',
    disableAutoIdle: true,
    disableCompression: true,
    disableAutoEnable: true,
    socketTimeout: never,
    greetingTimeout: never,
    connectionTimeout: never,
    maxLineLength: 64 * megabyte,
    maxLiteralSize: 256 * megabyte,
    maxResponseSize: 320 * megabyte,
    transport: {
      connect: (_options: object, connected: () => void) => {
        queueMicrotask(connected);
        return socket;
      },
    },
  } as unknown as ConstructorParameters<typeof ImapFlow>[0]) as unknown as Flow;
  flow.on('error', () => {});
  flow.throttleWait = () => Promise.resolve(false);
  flow.startSession = startSession;
  // What came just before the end is read first: a refusal or a BYE says why.
  let ended = false;
  flow._socketEnd = () => {
    ended = true;
  };
  flow._socketClose = () => {
    if (!ended) flow.closeConnection();
  };
  flow.streamer.once('end', () => flow.closeConnection());
  return flow;
}

export const atom = (value: string): Argument => ({ type: 'ATOM', value });
export const sequence = (value: string): Argument => ({ type: 'SEQUENCE', value });
export const quoted = (value: string): Argument => ({ type: 'STRING', value });
