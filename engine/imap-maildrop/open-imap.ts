import type { Duplex } from 'node:stream';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { classifyNetwork } from '../errors/classify-network.ts';
import { SyncError } from '../errors/engine-error.ts';
import { startTls } from '../imap/start-tls.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { ServerLocation } from '../records/email-server-profile.ts';
import type { CredentialRef } from '../records/mailbox.ts';
import { ImapConnection } from './imap-connection.ts';
import { ImapNotOpened } from './imap-not-opened.ts';
import type { ImapPhase } from './maildrop-phase.ts';
import { ToldThrottle } from './told-throttle.ts';

export interface ImapOpening {
  readonly server: ServerLocation;
  readonly credential: CredentialRef;
  readonly secret: () => Promise<string>;
  readonly connector: Connector;
  readonly clock: Clock;
  /** A connection silent for longer is given up; also the limit for connecting and for TLS. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** A single literal is no longer than this, whatever its message was said to have. */
  readonly maxLiteralBytes: number;
}

/** The library's own limits lie behind ours, which go by the engine's clock. */
const beyondOursMs = 2 * 60 * 60_000;

/** Connects, secures and signs in. No credential is sent before TLS where TLS is asked for. Rejects with `ImapNotOpened`. */
export async function openImap(opening: ImapOpening): Promise<ImapConnection> {
  const { server, credential, clock, silenceMs, signal } = opening;
  const secret = await readSecret(opening);
  const auth = authOf(credential, secret);
  const socket = await connect(opening);
  const throttle = new ToldThrottle();
  const options = {
    host: server.host,
    port: server.port,
    secure: false,
    doSTARTTLS: false,
    auth,
    id: 'mailclock',
    logger: throttle.logger,
    disableAutoIdle: true,
    // Its output comes after a number of turns that differs from run to run, and a cycle moves little.
    disableCompression: true,
    greetingTimeout: beyondOursMs,
    connectionTimeout: beyondOursMs,
    socketTimeout: beyondOursMs,
    maxLiteralSize: opening.maxLiteralBytes,
    transport: {
      connect: (_options: object, onConnect: () => void) => {
        queueMicrotask(onConnect);
        return socket;
      },
    },
  };
  // Sockets of every connector have what the library asks of one; `Duplex` says less.
  const flow = new ImapFlow(options as unknown as ImapFlowOptions);
  // Whoever waits for an answer hears of it; without a listener it would end the process.
  flow.on('error', () => {});
  throttle.watch(flow);
  const connection = new ImapConnection(
    flow,
    socket,
    { clock, silenceMs, signal, secrets: [secret, Buffer.from(secret).toString('base64')] },
    throttle,
  );
  try {
    await connection.ask('auth', (client) => client.connect());
    return connection;
  } catch (error) {
    const closed = await connection.leave();
    if (!(error instanceof SyncError)) throw error;
    throw new ImapNotOpened(error, !closed);
  }
}

function authOf(
  { username, mechanism }: CredentialRef,
  secret: string,
): NonNullable<ImapFlowOptions['auth']> {
  switch (mechanism) {
    case 'xoauth2':
    case 'oauthbearer':
      return { user: username, accessToken: secret };
    case 'plain':
      return { user: username, pass: secret, loginMethod: 'AUTH=PLAIN' };
    case 'login':
      return { user: username, pass: secret, loginMethod: 'LOGIN' };
    case 'password':
      return { user: username, pass: secret };
    default:
      throw refused(
        'config',
        'credential-mechanism',
        `IMAP has no mechanism ${mechanism}; give the mailbox another.`,
      );
  }
}

function refused(errorClass: 'config', code: string, text: string): ImapNotOpened {
  return new ImapNotOpened(new SyncError({ class: errorClass, code, text, phase: 'auth' }), false);
}

async function readSecret({ secret, credential }: ImapOpening): Promise<string> {
  try {
    return await secret();
  } catch (cause) {
    if (cause instanceof SyncError) throw new ImapNotOpened(cause, false);
    throw refused(
      'config',
      'secret-unavailable',
      `The secret "${credential.secret}" cannot be read; check where secrets come from.`,
    );
  }
}

async function connect({ server, connector, clock, silenceMs, signal }: ImapOpening): Promise<Duplex> {
  const tls = server.security === 'tls';
  const phase: ImapPhase = server.security === 'none' ? 'connect' : 'tls';
  const aborter = new AbortController();
  let timedOut = false;
  const abort = (): void => aborter.abort();
  const timer = clock.setTimeout(() => {
    timedOut = true;
    aborter.abort();
  }, silenceMs);
  signal.addEventListener('abort', abort);
  if (signal.aborted) aborter.abort();
  try {
    const { host, port, ca, allowInvalidCertificate } = server;
    const endpoint = { host, port, tls, ca, allowInvalidCertificate };
    if (server.security !== 'starttls') return await connector.connectSocket(endpoint, aborter.signal);
    return (await startTls(connector, endpoint, aborter.signal)).socket;
  } catch (cause) {
    if (cause instanceof SyncError) throw new ImapNotOpened(cause, false);
    if (!timedOut && !signal.aborted)
      throw new ImapNotOpened(new SyncError(classifyNetwork(cause, phase), { cause }), false);
    const [code, text] = timedOut
      ? ['connection-timeout', `No connection within ${silenceMs} ms.`]
      : ['cycle-aborted', 'The cycle was ended before the connection stood.'];
    // Given up in the middle of a TLS handshake, it may stand for the server; without TLS it never stood.
    throw new ImapNotOpened(
      new SyncError({ class: 'transient', code, text, phase }, { cause }),
      phase === 'tls',
    );
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
