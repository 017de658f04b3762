import type { Duplex } from 'node:stream';
import type { Arrival } from '../network/byte-stream.ts';
import type { ServerContext } from '../server-context.ts';
import { SubmissionServer } from './submission-server.ts';

/** A certificate and its key, PEM. */
export interface CertificatePair {
  readonly key: string;
  readonly cert: string;
}

export interface SmtpServiceOptions {
  /**
   * For STARTTLS; without it smtp-server's own public test certificate. A TLS fault whose certificate is not here
   * resets the connection instead, as every TLS fault of a connection encrypted from the first byte does.
   */
  readonly tls?: CertificatePair & {
    readonly expired?: CertificatePair;
    readonly wrongName?: CertificatePair;
  };
  /** What the server calls itself; the profile's host unless given. */
  readonly host?: string;
}

/** A submission server (RFC 6409) as one provider runs it. */
export interface SmtpService {
  /** Serves one connection: a TCP or TLS socket, or an in-memory Duplex whose TLS is only declared. */
  accept(socket: Duplex, arrival: Arrival): void;
  /** Drops the connections that are open. */
  close(): void;
}

/** Throws when the profile of `context` has no SMTP. */
export function createSmtpService(context: ServerContext, options: SmtpServiceOptions = {}): SmtpService {
  const { smtp, name } = context.profile;
  if (smtp === undefined) throw new Error(`The profile ${name} has no SMTP: give it an smtp section first.`);
  const server = new SubmissionServer(context, smtp, options);
  return {
    accept: (socket, arrival) => server.accept(socket, arrival),
    close: () => server.end(),
  };
}
