import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  connect as connectTls,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { Agent, fetch } from 'undici';
import type { ByteStream, Connector, Endpoint, Trust } from '../ports/connector.ts';

/**
 * Real connections over TCP and TLS. Certificates are verified unless the endpoint says otherwise; `ca` is trusted
 * in addition to the public authorities. Rejects with Node's error, or `ABORT_ERR` when the signal came first.
 */
export class NodeConnector implements Connector {
  /** By `ca`: reading the authorities takes milliseconds, a connection should not. */
  readonly #contexts = new Map<string | undefined, SecureContext>();
  /** One pool of HTTP connections for each trust. */
  readonly #agents = new Map<string, Agent>();

  connect(to: Endpoint, signal: AbortSignal): Promise<ByteStream> {
    return this.#open(to, signal);
  }

  connectSocket(to: Endpoint, signal: AbortSignal): Promise<Duplex> {
    return this.#open(to, signal);
  }

  upgrade(stream: ByteStream, to: Endpoint, signal: AbortSignal): Promise<ByteStream> {
    // Only sockets of `connect` come here: the port hands out nothing else.
    return this.#secure(stream as Socket, to, signal);
  }

  async fetch(url: string, init: RequestInit, trust: Trust = {}): Promise<Response> {
    // The same interfaces: undici's own declarations and those of @types/node are of two versions.
    const request = { ...init, dispatcher: this.#agent(trust) } as unknown as Parameters<typeof fetch>[1];
    return (await fetch(url, request)) as unknown as Response;
  }

  #agent({ ca, allowInvalidCertificate = false }: Trust): Agent {
    const key = `${allowInvalidCertificate}\n${ca ?? ''}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      agent = new Agent({
        // Silence is timed by the caller, with the engine's clock.
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: { secureContext: this.#context(ca), rejectUnauthorized: !allowInvalidCertificate },
      });
      this.#agents.set(key, agent);
    }
    return agent;
  }

  async #open(to: Endpoint, signal: AbortSignal): Promise<Socket> {
    const socket = connect({ host: to.host, port: to.port, noDelay: true });
    await settled(socket, 'connect', signal);
    return to.tls ? this.#secure(socket, to, signal) : socket;
  }

  async #secure(socket: Socket, to: Endpoint, signal: AbortSignal): Promise<TLSSocket> {
    const encrypted = connectTls({
      socket,
      host: to.host,
      // SNI carries names only (RFC 6066 3).
      servername: isIP(to.host) === 0 ? to.host : '',
      secureContext: this.#context(to.ca),
      rejectUnauthorized: to.allowInvalidCertificate !== true,
    });
    await settled(encrypted, 'secureConnect', signal);
    return encrypted;
  }

  #context(ca: string | undefined): SecureContext {
    let context = this.#contexts.get(ca);
    if (context === undefined) {
      context = createSecureContext(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] });
      this.#contexts.set(ca, context);
    }
    return context;
  }
}

/** Waits for `event`; on failure or abort the socket is destroyed and the promise rejects. */
function settled(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for good: whoever takes the socket over may listen a moment after it broke.
    socket.on('error', () => {});
    const done = (): void => {
      socket.removeListener(event, ready);
      socket.removeListener('error', failed);
      socket.removeListener('close', closed);
      signal.removeEventListener('abort', aborted);
    };
    const ready = (): void => {
      done();
      resolve();
    };
    const fail = (error: Error): void => {
      done();
      socket.destroy();
      reject(error);
    };
    const failed = (error: Error): void => fail(error);
    const closed = (): void =>
      fail(nodeError('ECONNRESET', 'The server closed the connection while it was set up.'));
    const aborted = (): void => fail(nodeError('ABORT_ERR', 'The connection was given up.'));
    socket.once(event, ready);
    socket.once('error', failed);
    socket.once('close', closed);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

function nodeError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
