import { classifyNetwork } from '../errors/classify-network.ts';
import { SyncError } from '../errors/engine-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { ByteStream, Connector, Endpoint } from '../ports/connector.ts';
import type { ServerLocation } from '../records/email-server-profile.ts';
import type { CredentialRef } from '../records/mailbox.ts';
import { authenticate, type SaslForm } from './authenticate.ts';
import { Capabilities } from './capabilities.ts';
import { Pop3Connection } from './pop3-connection.ts';
import type { Pop3Phase } from './pop3-phase.ts';
import { Pop3Session } from './pop3-session.ts';

export interface Pop3Access {
  readonly server: ServerLocation;
  readonly credential: CredentialRef;
  readonly secret: () => Promise<string>;
  readonly connector: Connector;
  readonly clock: Clock;
  /** A connection silent for longer is given up; also the limit for connecting and for TLS. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** What an earlier session learned of this server; saves the round trips of asking. */
  readonly known: Pop3Knowledge | undefined;
}

/** What is worth remembering of a server from one session to the next. */
export interface Pop3Knowledge {
  readonly capabilities: Capabilities;
  readonly saslForm: SaslForm | undefined;
}

export interface OpenedPop3 {
  readonly session: Pop3Session;
  readonly learned: Pop3Knowledge;
}

/** No session came about. */
export class Pop3NotOpened extends SyncError {
  /** The connection ended without the server having shown that it is closed: it may count it still. */
  readonly lingering: boolean;
  constructor({ classified, cause }: SyncError, lingering: boolean) {
    super(classified, { cause });
    this.lingering = lingering;
  }
}

/**
 * Connects, secures and logs in. No credential is sent before TLS where TLS is asked for. What was known and proves
 * wrong is asked for again on the same connection, and the login repeated once with what is true now.
 * Rejects with `Pop3NotOpened`.
 */
export async function openPop3(access: Pop3Access): Promise<OpenedPop3> {
  const { server } = access;
  const endpoint: Endpoint = {
    host: server.host,
    port: server.port,
    tls: server.security === 'tls',
    ca: server.ca,
    allowInvalidCertificate: server.allowInvalidCertificate,
  };
  const stream = await within(access, endpoint.tls ? 'tls' : 'connect', (signal) =>
    access.connector.connect(endpoint, signal),
  );
  let connection = connectionOver(stream, access);
  try {
    const hello = await connection.greeting();
    if (hello.status !== 'ok') throw connection.refusal(hello, 'greeting');
    if (server.security === 'starttls') connection = await startTls(connection, endpoint, access);
    const asked = access.known === undefined ? await capa(connection) : access.known.capabilities;
    const secret = await readSecret(access);
    const login = {
      credential: access.credential,
      secret,
      host: server.host,
      port: server.port,
      greeting: hello.text,
      capabilities: asked,
      saslForm: access.known?.saslForm,
    };
    let capabilities = asked;
    let saslForm: SaslForm | undefined;
    try {
      saslForm = await authenticate(connection, login);
    } catch (error) {
      const now = access.known === undefined ? undefined : await capaAfter(connection, error);
      if (now === undefined || now.equals(asked)) throw error;
      capabilities = now;
      saslForm = await authenticate(connection, { ...login, capabilities, saslForm: undefined });
    }
    return {
      session: new Pop3Session(connection, capabilities),
      learned: { capabilities, saslForm },
    };
  } catch (error) {
    const closed = await connection.leave();
    if (!(error instanceof SyncError) || error instanceof Pop3NotOpened) throw error;
    throw new Pop3NotOpened(error, !closed);
  }
}

async function readSecret({ secret, credential }: Pop3Access): Promise<string> {
  try {
    return await secret();
  } catch (error) {
    if (error instanceof SyncError) throw error;
    const text = `The secret "${credential.secret}" cannot be read; check where secrets come from.`;
    throw new SyncError(
      { class: 'config', code: 'secret-unavailable', text, phase: 'auth' },
      { cause: error },
    );
  }
}

function connectionOver(stream: ByteStream, access: Pop3Access): Pop3Connection {
  const { clock, silenceMs, signal } = access;
  return new Pop3Connection({ stream, clock, silenceMs, signal });
}

async function capa(connection: Pop3Connection): Promise<Capabilities> {
  const reply = await connection.exchange({
    line: 'CAPA',
    phase: 'capa',
    multiline: true,
    maxBytes: 64 * 1024,
  });
  if (reply.body !== undefined) return Capabilities.parse(reply.body);
  const refusal = connection.refusal(reply, 'capa');
  if (refusal.classified.code !== 'pop3-refused') throw refusal;
  return new Capabilities([]);
}

/** What the server can do now, after a refused login that wrong knowledge may explain; undefined when it cannot be had. */
async function capaAfter(connection: Pop3Connection, error: unknown): Promise<Capabilities | undefined> {
  if (!connection.usable || !mayComeOfWrongKnowledge(error)) return undefined;
  try {
    return await capa(connection);
  } catch {
    return undefined;
  }
}

/** STLS (RFC 2595 4). What was known before TLS is forgotten: it came unprotected. */
async function startTls(
  connection: Pop3Connection,
  endpoint: Endpoint,
  access: Pop3Access,
): Promise<Pop3Connection> {
  const stream = await new Promise<ByteStream>((resolve, reject) => {
    connection.send([{ line: 'STLS', phase: 'tls' }], {
      reply: (reply) => {
        if (reply.status !== 'ok') {
          reject(tlsRefused(connection.refusal(reply, 'tls')));
          return;
        }
        // In the same turn: a byte that comes after the reply belongs to TLS.
        const plaintext = connection.detach();
        const encrypted = within(access, 'tls', (signal) =>
          access.connector.upgrade(plaintext, endpoint, signal),
        );
        encrypted.catch(() => plaintext.destroy());
        resolve(encrypted);
      },
      failed: reject,
    });
  });
  return connectionOver(stream, access);
}

function tlsRefused(refusal: SyncError): SyncError {
  if (refusal.classified.code !== 'pop3-refused') return refusal;
  return new SyncError({
    class: 'config',
    code: 'pop3-tls-not-offered',
    text: `The server refuses STLS (${refusal.classified.text.slice(0, 300)}); use TLS from the first byte (port 995) or no TLS.`,
    phase: 'tls',
  });
}

function mayComeOfWrongKnowledge(error: unknown): boolean {
  if (!(error instanceof SyncError)) return false;
  const { class: errorClass } = error.classified;
  return errorClass === 'auth-dead' || errorClass === 'auth-maybe' || errorClass === 'config';
}

/** Runs a connector's work with a limit in time and the cycle's signal; failures come out classified. */
async function within(
  access: Pop3Access,
  phase: Pop3Phase,
  work: (signal: AbortSignal) => Promise<ByteStream>,
): Promise<ByteStream> {
  const { clock, silenceMs, signal } = access;
  const aborter = new AbortController();
  let timedOut = false;
  const abort = (): void => aborter.abort();
  const timer = clock.setTimeout(() => {
    timedOut = true;
    aborter.abort();
  }, silenceMs);
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) aborter.abort();
    return await work(aborter.signal);
  } catch (cause) {
    if (!timedOut && !signal.aborted) {
      throw new Pop3NotOpened(new SyncError(classifyNetwork(cause, phase), { cause }), false);
    }
    const [code, text] = timedOut
      ? ['connection-timeout', `No connection within ${silenceMs} ms.`]
      : ['cycle-aborted', 'The cycle was ended before the connection stood.'];
    const error = new SyncError({ class: 'transient', code, text, phase }, { cause });
    // Given up in the middle of a TLS handshake, it may stand for the server; without TLS it never stood.
    throw new Pop3NotOpened(error, phase === 'tls');
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
