/** Dataverse `emailserverprofile`: how to reach the servers of some mailboxes. */
export interface EmailServerProfile {
  readonly id: string;
  readonly name: string;
  readonly serverType: 'pop3-smtp';
  readonly incoming: ServerLocation;
  readonly outgoing: ServerLocation;
  /** Only mail dated after this is processed for all mailboxes of the profile (ms since epoch); 0 for all. */
  readonly processEmailsReceivedAfter: number;
  /** 1–300, default 10. Open connections to each of the two servers never exceed it. */
  readonly maxConcurrentConnections: number;
  /** 0–1440; a lower bound on the window between two cycles. */
  readonly minPollingIntervalInMinutes: number;
  /** A single connection that is silent for longer is given up (≤ 100 000 ms). */
  readonly timeoutMailboxConnectionAfterMs: number;
}

export interface ServerLocation {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, after STLS/STARTTLS, or none. `starttls` refuses a server that does not offer it. */
  readonly security: 'tls' | 'starttls' | 'none';
  /** Extra certificate authorities (PEM). */
  readonly ca?: string | undefined;
  readonly allowInvalidCertificate?: boolean | undefined;
}
