import type { Duplex } from 'node:stream';
import { classifyNetwork } from '../errors/classify-network.ts';
import { SyncError } from '../errors/engine-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector, Endpoint } from '../ports/connector.ts';
import type { ServerLocation } from '../records/email-server-profile.ts';
import type { CredentialRef } from '../records/mailbox.ts';
import { type Argument, atom, quoted } from './flow.ts';
import { FlowSession } from './flow-session.ts';
import { ImapChannel } from './imap-channel.ts';
import type { ImapPhase } from './imap-phase.ts';
import { quirksOf } from './quirks/quirk-table.ts';
import { redactSignIn, type SignIn, signIn } from './sign-in.ts';
import { startTls } from './start-tls.ts';

export interface ImapOpening {
  readonly server: ServerLocation;
  readonly credential: CredentialRef;
  readonly secret: () => Promise<string>;
  readonly connector: Pick<Connector, 'connect' | 'upgrade' | 'connectSocket'>;
  readonly clock: Clock;
  /** A connection silent for longer is given up; also the limit for connecting and for TLS. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** No session came about. */
export class ImapNotOpened extends SyncError {
  /** The connection ended without the server having shown that it is closed: it may count it still. */
  readonly lingering: boolean;
  constructor({ classified, cause }: SyncError, lingering: boolean) {
    super(classified, { cause });
    this.lingering = lingering;
  }
}

/**
 * Connects, secures, signs in and switches on what is used. No credential is sent before TLS where TLS is asked for.
 * Rejects with `ImapNotOpened`.
 */
export async function openImap(opening: ImapOpening): Promise<FlowSession> {
  const { server, clock, silenceMs, signal } = opening;
  const { socket, greeting } = await connected(opening);
  let login: SignIn | undefined;
  const redact = (text: string): string => (login === undefined ? text : redactSignIn(text, login));
  const channel = new ImapChannel(socket, { host: server.host, clock, silenceMs, redact });
  channel.use(signal);
  try {
    await channel.greeting();
    const { flow } = channel;
    if (flow.capabilities.size === 0) await channel.command('capability', 'CAPABILITY');
    const { credential } = opening;
    login = { credential, secret: await secretOf(opening), host: server.host, port: server.port };
    flow.expectCapabilityUpdate = true;
    await signIn(channel, login);
    flow.state = flow.states.AUTHENTICATED;
    // Cleared by a reply that brought them along.
    if (flow.expectCapabilityUpdate) await channel.command('capability', 'CAPABILITY');
    // Some servers serve nobody who does not say who he is (RFC 2971).
    if (flow.capabilities.has('ID')) await mayFail(channel.command('capability', 'ID', [identity]));
    const quirks = quirksOf({
      host: server.host,
      greeting: greeting ?? flow.greeting ?? '',
      capabilities: flow.capabilities,
    });
    const offered = (name: string): boolean => flow.capabilities.has(name);
    const qresync = offered('QRESYNC') && quirks.withoutQresync !== true;
    const condstore = (offered('CONDSTORE') || offered('QRESYNC')) && quirks.withoutCondstore !== true;
    let enabled = false;
    if (offered('ENABLE') && (qresync || condstore))
      enabled = await mayFail(
        channel.command('capability', 'ENABLE', [atom(qresync ? 'QRESYNC' : 'CONDSTORE')]),
      );
    return new FlowSession(channel, {
      quirks,
      can: {
        qresync: qresync && enabled,
        condstore,
        uidplus: offered('UIDPLUS') || offered('IMAP4REV2'),
        objectId: offered('OBJECTID'),
        gmail: offered('X-GM-EXT-1'),
        idle: offered('IDLE') || offered('IMAP4REV2'),
        esearch: offered('ESEARCH') || offered('IMAP4REV2'),
      },
    });
  } catch (error) {
    const closed = await channel.leave(!signal.aborted);
    if (!(error instanceof SyncError)) throw error;
    throw new ImapNotOpened(error, !closed);
  }
}

const identity: Argument = [quoted('name'), quoted('mailclock')];

/** True when it was done; a refusal is none of ours, the end of the connection is. */
async function mayFail(command: Promise<unknown>): Promise<boolean> {
  try {
    await command;
    return true;
  } catch (error) {
    if (error instanceof SyncError && error.code === 'imap-refused') return false;
    throw error;
  }
}

async function secretOf({ secret, credential }: ImapOpening): Promise<string> {
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

/** The connection, encrypted where the profile says so; limited in time and by the cycle's signal. */
async function connected(
  opening: ImapOpening,
): Promise<{ readonly socket: Duplex; readonly greeting?: string }> {
  const { server, connector, clock, silenceMs, signal } = opening;
  const endpoint: Endpoint = {
    host: server.host,
    port: server.port,
    tls: server.security === 'tls',
    ca: server.ca,
    allowInvalidCertificate: server.allowInvalidCertificate,
  };
  const phase: ImapPhase = server.security === 'none' ? 'connect' : 'tls';
  const aborted = {
    class: 'transient',
    code: 'cycle-aborted',
    text: 'The cycle was ended before the connection stood.',
    phase,
  } as const;
  // No server counts what it was not asked for.
  if (signal.aborted) throw new ImapNotOpened(new SyncError(aborted), false);
  const aborter = new AbortController();
  let timedOut = false;
  const abort = (): void => aborter.abort();
  const timer = clock.setTimeout(() => {
    timedOut = true;
    aborter.abort();
  }, silenceMs);
  signal.addEventListener('abort', abort);
  try {
    if (server.security !== 'starttls')
      return { socket: await connector.connectSocket(endpoint, aborter.signal) };
    return await startTls(connector, endpoint, aborter.signal);
  } catch (cause) {
    // Given up in the middle of a TLS handshake, it may stand for the server; without TLS it never stood.
    const lingering = phase === 'tls';
    if (!timedOut && !signal.aborted) {
      if (cause instanceof SyncError) throw new ImapNotOpened(cause, false);
      throw new ImapNotOpened(new SyncError(classifyNetwork(cause, phase), { cause }), false);
    }
    const late = { code: 'connection-timeout', text: `No connection within ${silenceMs} ms.` };
    const classified = timedOut ? { ...aborted, ...late } : aborted;
    throw new ImapNotOpened(new SyncError(classified, { cause }), lingering);
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
