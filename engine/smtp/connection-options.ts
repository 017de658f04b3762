import type { Duplex } from 'node:stream';
import { rootCertificates } from 'node:tls';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { ServerLocation } from '../records/email-server-profile.ts';
import type { PhaseWatch } from './phase-watch.ts';
import { bearerAuth } from './smtp-auth.ts';

/** An address literal: the EHLO name must not tell where the engine runs, nor change from host to host. */
const ehloName = '[127.0.0.1]';

/** nodemailer's own timers must never fire before ours, which belong to the engine's clock. */
const libraryTimeoutMs = 24 * 3_600_000;

/** How nodemailer's connection is set up: on our socket, with TLS as the profile demands, under our watch. */
export function connectionOptions(
  socket: Duplex,
  server: ServerLocation,
  watch: PhaseWatch,
): SMTPConnection.Options {
  const tls = {
    rejectUnauthorized: server.allowInvalidCertificate !== true,
    ...(server.ca === undefined ? {} : { ca: [...rootCertificates, server.ca] }),
  };
  const quiet = (): void => undefined;
  return {
    host: server.host,
    port: server.port,
    name: ehloName,
    // nodemailer asks for a net.Socket and uses what any duplex stream over the network has.
    connection: socket as SMTPConnection.Options['connection'],
    secure: server.security === 'tls',
    secured: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    tls,
    customAuth: { ...bearerAuth },
    connectionTimeout: libraryTimeoutMs,
    greetingTimeout: libraryTimeoutMs,
    socketTimeout: libraryTimeoutMs,
    socketCloseTimeout: libraryTimeoutMs,
    maxResponseSize: 64 * 1024,
    transactionLog: true,
    logger: { trace: quiet, debug: watch.log, info: quiet, warn: quiet, error: quiet, fatal: quiet },
  };
}
