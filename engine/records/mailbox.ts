/** The three workloads of a mailbox, each with a clock of its own. `act` is appointments, contacts, tasks. */
export type Workload = 'incoming' | 'outgoing' | 'act';

/** Dataverse `mailbox.mailboxstatus` and its three siblings. */
export const MailboxStatus = { notRun: 0, success: 1, failure: 2 } as const;
export type MailboxStatus = (typeof MailboxStatus)[keyof typeof MailboxStatus];

/** Credentials come from outside (environment, file); the store holds only their name. */
export interface CredentialRef {
  /** Who signs in; of an Exchange mailbox its user principal name. */
  readonly username: string;
  /** Name the secret source knows it by. */
  readonly secret: string;
  readonly mechanism: ServerMechanism | GraphMechanism;
  /** Where the token of `xoauth2` and `oauthbearer` comes from; without it the secret is the token itself. */
  readonly oauth?: TokenGrant | undefined;
}

/** How to get a token for a POP3 or SMTP server. */
export interface TokenGrant {
  /** Tenant included: `https://login.microsoftonline.com/<tenant>`. */
  readonly authority: string;
  readonly clientId: string;
  /** What the secret is. */
  readonly grant: GraphMechanism;
  /** What the token is for; default `https://outlook.office365.com`. */
  readonly resource?: string | undefined;
  /** Extra certificate authorities (PEM) for the authority. */
  readonly ca?: string | undefined;
}

/** How to sign in at a POP3 or SMTP server. */
export type ServerMechanism = 'password' | 'apop' | 'plain' | 'login' | 'xoauth2' | 'oauthbearer';

/**
 * How to get a token for Microsoft Graph: the secret is the client secret, a PEM bundle (private key and certificate),
 * or a refresh token of the user.
 */
export type GraphMechanism = 'client-secret' | 'client-certificate' | 'refresh-token';

export interface Mailbox {
  readonly id: string;
  readonly name: string;
  readonly emailAddress: string;
  readonly emailServerProfileId: string;
  readonly credential: CredentialRef;
  readonly enabledForIncomingEmail: boolean;
  readonly enabledForOutgoingEmail: boolean;
  /** Only mail dated after this is processed (ms since epoch); 0 for all. */
  readonly processEmailReceivedAfter: number;
  /** "Delete Emails after Processing". */
  readonly processAndDeleteEmails: boolean;
  /**
   * A copy of what is sent is filed in the mailbox's Sent folder; default true. Only where the engine would have to file
   * it (IMAP with SMTP) and the provider does not do so by itself; elsewhere it says nothing.
   */
  readonly saveSentCopy?: boolean | undefined;
  /**
   * The flags of received mail are kept the same in the record and in the mailbox (`EmailFlags`); default false. Only over
   * IMAP, and not where mail is deleted after it was processed.
   */
  readonly synchronizeFlags?: boolean | undefined;
}

/** What the engine keeps about a mailbox as it works; column names keep their Dataverse meaning. */
export interface MailboxStatistics {
  readonly mailboxId: string;
  readonly incomingEmailStatus: MailboxStatus;
  readonly outgoingEmailStatus: MailboxStatus;
  readonly receivingPostponedUntil: number | undefined;
  readonly postponeSendingUntil: number | undefined;
  readonly lastSyncStartedOn: number | undefined;
  readonly lastSuccessfulSyncCompletedOn: number | undefined;
  readonly itemsProcessedForLastSync: number;
  readonly itemsFailedForLastSync: number;
  readonly noEmailCount: number;
  readonly lastDurationMs: number;
  readonly averageTotalDurationMs: number;
  readonly processedTimes: number;
  readonly lastSyncError: string | undefined;
  readonly lastSyncErrorCode: string | undefined;
  readonly lastSyncErrorOccurredOn: number | undefined;
}
