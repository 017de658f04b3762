/** Dataverse `emailserverprofile`: how to reach the servers of some mailboxes. */
export type EmailServerProfile = Pop3SmtpProfile | ImapSmtpProfile | ExchangeGraphProfile;

/** One whose mail goes out over SMTP, however it comes in. */
export type SmtpProfile = Extract<EmailServerProfile, { outgoing: ServerLocation }>;

interface ProfileBase {
  readonly id: string;
  readonly name: string;
  /** Only mail dated after this is processed for all mailboxes of the profile (ms since epoch); 0 for all. */
  readonly processEmailsReceivedAfter: number;
  /** 1–300, default 10. Open connections to each server never exceed it. */
  readonly maxConcurrentConnections: number;
  /** 0–1440; a lower bound on the window between two cycles. */
  readonly minPollingIntervalInMinutes: number;
  /** A single connection that is silent for longer is given up (≤ 100 000 ms). */
  readonly timeoutMailboxConnectionAfterMs: number;
}

/** Mail is fetched by POP3 and sent by SMTP. */
export interface Pop3SmtpProfile extends ProfileBase {
  readonly serverType: 'pop3-smtp';
  readonly incoming: ServerLocation;
  readonly outgoing: ServerLocation;
}

/** Mail is fetched by IMAP and sent by SMTP. */
export interface ImapSmtpProfile extends ProfileBase {
  readonly serverType: 'imap-smtp';
  readonly incoming: ServerLocation;
  readonly outgoing: ServerLocation;
  /**
   * Between cycles a mailbox's connection stays open in IDLE on the Inbox, and what it tells of brings the next incoming
   * cycle forward; default false. It is one of `maxConcurrentConnections`, and given up where another needs it.
   */
  readonly hints?: boolean | undefined;
}

/** Exchange Online: everything goes through Microsoft Graph. */
export interface ExchangeGraphProfile extends ProfileBase {
  readonly serverType: 'exchange-graph';
  readonly graph: GraphLocation;
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

export interface GraphLocation {
  /** Version included, no slash at the end: `https://graph.microsoft.com/v1.0`. */
  readonly baseUrl: string;
  /** Tenant included: `https://login.microsoftonline.com/<tenant>`. */
  readonly authority: string;
  /** The application (client) id of the registration that the tokens are for. */
  readonly clientId: string;
  /**
   * Where Graph is to tell of changes, an https URL whose requests reach `Engine.notified`. Without it mail is looked for
   * at the end of each window only.
   */
  readonly notificationUrl?: string | undefined;
  /** Extra certificate authorities (PEM), for both hosts. */
  readonly ca?: string | undefined;
  readonly allowInvalidCertificate?: boolean | undefined;
}
