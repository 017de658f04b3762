import type { SentCopy } from './sent-copy.ts';

/** Dataverse `email.statuscode`. `uncertain` is ours: handed over, but the provider's answer was lost. */
export const EmailStatus = {
  draft: 1,
  completed: 2,
  sent: 3,
  received: 4,
  canceled: 5,
  pendingSend: 6,
  sending: 7,
  failed: 8,
  uncertain: 100,
} as const;
export type EmailStatus = (typeof EmailStatus)[keyof typeof EmailStatus];

/** Dataverse `activityparty.participationtypemask`. */
export type PartyRole = 'from' | 'to' | 'cc' | 'bcc' | 'replyTo';

export interface Party {
  readonly role: PartyRole;
  readonly name: string;
  readonly address: string;
}

export interface Attachment {
  readonly fileName: string | undefined;
  readonly mimeType: string;
  readonly contentId: string | undefined;
  readonly sizeBytes: number;
  readonly content: Uint8Array;
}

/** An incoming message as it is stored: the parsed fields, and the source byte for byte. */
export interface ReceivedEmail {
  readonly messageId: string | undefined;
  readonly inReplyTo: string | undefined;
  readonly subject: string | undefined;
  /** The Date header, ms since epoch. */
  readonly sentOn: number | undefined;
  readonly receivedOn: number;
  readonly parties: readonly Party[];
  readonly textBody: string | undefined;
  readonly htmlBody: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly raw: Uint8Array;
  /** Hex SHA-256 of `raw`. */
  readonly rawSha256: string;
}

/** What an application hands in to be sent. */
export interface NewEmail {
  readonly id: string;
  readonly mailboxId: string;
  readonly subject: string;
  readonly to: readonly { readonly name?: string; readonly address: string }[];
  readonly cc?: readonly { readonly name?: string; readonly address: string }[];
  readonly bcc?: readonly { readonly name?: string; readonly address: string }[];
  readonly textBody?: string;
  readonly htmlBody?: string;
  readonly attachments?: readonly {
    readonly fileName: string;
    readonly mimeType: string;
    readonly content: Uint8Array;
  }[];
  readonly inReplyTo?: string;
  /** Held back until then (ms since epoch). */
  readonly delayedEmailSendTime?: number;
}

/** A queued row on its way out. `messageId` and `queuedOn` are fixed when it was queued and never change. */
export interface OutgoingEmail extends NewEmail {
  readonly status: EmailStatus;
  readonly messageId: string;
  readonly queuedOn: number;
  readonly deliveryAttempts: number;
  /** When it was last begun; `undefined` while it never was. */
  readonly attemptedOn?: number | undefined;
  /** The draft the provider keeps of it (Graph, immutable id), once it is known to be there. */
  readonly draftId?: string | undefined;
  /** When it was last handed over, whatever became of that. */
  readonly handedOn?: number | undefined;
  /** Its copy in the mailbox's Sent folder, where the engine files one; known once somebody was accepted. */
  readonly sentCopy?: SentCopy | undefined;
  readonly recipients: readonly OutgoingRecipient[];
}

/** A row found in Sending whose runner died. */
export interface AbandonedEmail extends OutgoingEmail {
  /** The final dot may have left: the server may have the message. `false` proves that it has not. */
  readonly handed: boolean;
  /** How often it was looked for since it was handed over. */
  readonly looks?: number;
}

/** What is still to be removed from the provider of a row that came to its end. */
export interface Leftover {
  readonly emailId: string;
  readonly messageId: string;
  readonly draftId: string;
  /** The draft of a row that failed, or the copy in Sent Items that is not wanted. */
  readonly kind: 'draft' | 'sent-copy';
  /** When the row came to its end. */
  readonly since: number;
}

export interface OutgoingRecipient {
  readonly address: string;
  /** `accepted` by the server for delivery; `refused` for good; `pending` still to be tried. */
  readonly outcome: 'pending' | 'accepted' | 'refused' | 'uncertain';
  readonly reply: string | undefined;
}
