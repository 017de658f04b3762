import type { Confidence, LimiterDefinition } from '../limits/limiter.ts';
import type { Action, DelaySpec, Phase } from '../rules/rule.ts';
import type { Protocol } from '../trace/event.ts';
import type { ImapProfile } from './imap-profile.ts';

/** How a provider behaves, as data. One folder per provider; each protocol has a file of its own there. */
export interface ProviderProfile {
  readonly name: string;
  readonly title: string;
  readonly pop3?: Pop3Profile;
  readonly smtp?: SmtpProfile;
  /** Absent: the servers of the protocol close every connection. */
  readonly imap?: ImapProfile;
  readonly graph?: GraphProfile;
  readonly limits: readonly LimiterDefinition[];
  readonly faults: readonly CannedFault[];
}

/** A fault a provider is known for, ready to be used in a rule by its id. */
export interface CannedFault {
  readonly id: string;
  readonly protocol: Protocol;
  readonly phase: Phase;
  readonly command?: string;
  readonly what: Action;
  readonly confidence: Confidence;
  readonly source: string;
}

/** A fact with where it is from and how sure we are. */
export interface Sourced {
  readonly confidence: Confidence;
  readonly source: string;
}

export interface Pop3Profile {
  readonly host: string;
  readonly greeting: string;
  /** Capability lines, in order, by state; what is listed is handled, what is not is refused. */
  readonly capabilities: readonly Pop3Capability[];
  readonly sasl: readonly ('PLAIN' | 'LOGIN' | 'XOAUTH2' | 'OAUTHBEARER')[];
  /** XOAUTH2 with an initial response on the AUTH line, or only after a `+ ` prompt (Exchange). */
  readonly xoauth2Form: 'one-line' | 'two-line';
  readonly apop: boolean;
  readonly exclusiveLock: boolean;
  /** `uid-uidvalidity` (Dovecot's 8+8 hex digits) or an opaque id. */
  readonly uidlFormat: 'uid-uidvalidity' | 'opaque';
  /** LIST and +OK octets are the true size, or Exchange's estimate. */
  readonly sizes: 'exact' | 'estimated';
  /** Gmail: only so many oldest conversations are listed, RETR and QUIT hide, DELE does nothing. */
  readonly popped: 'stays' | 'hidden-after-quit';
  readonly conversationHorizon?: number;
  readonly deleIgnored: boolean;
  /** What the maildrop shows. `all-mail` (Gmail) is every folder but junk and trash. Default: the inbox. */
  readonly maildrop?: 'inbox' | 'all-mail';
  /** Default: oldest first. */
  readonly listOrder?: 'oldest-first' | 'newest-first';
  /** RETR sets the \\Seen flag that other doors show. */
  readonly retrMarksSeen?: boolean;
  /** DELE and QUIT file messages in the trash instead of removing them. */
  readonly deletedGoToTrash?: boolean;
  /** An IMAP-style JSON error challenge is sent before XOAUTH2 fails (Gmail); OAUTHBEARER always has one. */
  readonly xoauth2Challenge?: string;
  /** What becomes of a session when the token it began with expires. Default: it goes on. */
  readonly tokenExpiry?: 'ends-session';
  /** Gmail: a login prefixed `recent:` sees the last so many days. */
  readonly recentModeDays?: number;
  readonly idleTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly failedLoginDelayMs: number;
  readonly badCommandsBeforeLogin: number;
  readonly badCommandsAfterLogin: number;
  readonly maxLineBytes: number;
  readonly loginDelaySeconds: number;
  /** Wire texts by situation; the server has RFC-shaped defaults for what is absent. */
  readonly replies: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, Sourced>>;
}

export type Pop3Capability =
  | 'CAPA'
  | 'TOP'
  | 'UIDL'
  | 'USER'
  | 'APOP'
  | 'SASL'
  | 'RESP-CODES'
  | 'AUTH-RESP-CODE'
  | 'PIPELINING'
  | 'EXPIRE'
  | 'LOGIN-DELAY'
  | 'STLS'
  | 'UTF8'
  | 'LANG'
  | 'IMPLEMENTATION';

export interface SmtpProfile {
  readonly host: string;
  readonly banner: string;
  readonly extensions: readonly SmtpExtension[];
  readonly auth: readonly ('PLAIN' | 'LOGIN' | 'XOAUTH2')[];
  readonly authNeedsTls: boolean;
  readonly maxMessageBytes: number;
  /** Accepted mail is filed in Sent Items by the provider. */
  readonly savesSentCopy: boolean;
  /** From and MAIL FROM must belong to the login. */
  readonly sendAs: 'enforced' | 'free';
  /** Unknown local recipients are refused at RCPT, or accepted and bounced. */
  readonly unknownRecipients: 'refused' | 'bounced';
  /** What follows a bad XOAUTH2 token: a 334 with base64 JSON and then 535 (Gmail), or 535 at once. */
  readonly xoauth2Failure: 'challenge' | 'straight';
  /** How long after acceptance a bounce or delivery report reaches the sender's inbox. */
  readonly reportAfterMs: number;
  readonly failedLoginDelayMs: number;
  readonly idleTimeoutMs: number;
  /** After so many 4xx/5xx replies each further one is a second late; after `hardErrors` the server leaves. */
  readonly softErrors: number;
  readonly hardErrors: number;
  /**
   * Full replies by situation (`accepted`, `badCredentials`, …), see `smtp/wording.ts`. With `bareLineFeed` messages
   * that have lines ended by LF alone are refused, without it they are taken as they are.
   */
  readonly replies: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, Sourced>>;
}

export type SmtpExtension =
  | 'SIZE'
  | 'PIPELINING'
  | '8BITMIME'
  | 'SMTPUTF8'
  | 'ENHANCEDSTATUSCODES'
  | 'DSN'
  | 'STARTTLS'
  | 'AUTH'
  | 'CHUNKING';

/** Microsoft Graph v1.0, as far as mail needs it. */
export interface GraphProfile {
  readonly host: string;
  /** How long the service works on a request, during which it holds its place among the concurrent ones. */
  readonly serviceTimeMs: DelaySpec;
  /** The x-ms-ags-diagnostic header of every reply. */
  readonly diagnostic: string;
  /** Larger bodies are refused with 413, except those of upload sessions. */
  readonly maxRequestBytes: number;
  readonly batch: { readonly maxParts: number; readonly atOncePerMailbox: number };
  readonly pageSize: { readonly default: number; readonly max: number };
  readonly delta: {
    /** A page when the client names no size, and the most it may name. */
    readonly pageSize: number;
    readonly maxPageSize: number;
    /** Tokens of so many generations are good for each folder; older ones are forgotten. */
    readonly keptGenerations: number;
    /** A `$filter` gives so many messages and no more. */
    readonly filteredAtMost: number;
  };
  readonly attachments: {
    /** From this size on only an upload session takes one. */
    readonly directBelowBytes: number;
    readonly sessionMaxBytes: number;
    readonly sessionLifeMs: number;
    /** Each PUT of a session. */
    readonly sliceMaxBytes: number;
  };
  readonly sending: {
    readonly maxMessageBytes: number;
    readonly maxRecipients: number;
    /** From the 202 until the transport has the message. */
    readonly pickedUpAfterMs: DelaySpec;
    /** From there until its copy is in Sent Items. */
    readonly savedAfterMs: DelaySpec;
  };
  readonly subscriptions: {
    readonly perMailbox: number;
    readonly maxLifeMs: number;
    readonly maxLifeWithResourceDataMs: number;
    /** A receiver that needs longer has failed. */
    readonly answerWithinMs: number;
    readonly retryForMs: number;
    /** Answers later than this are slow. */
    readonly slowAfterMs: number;
    /** Rates count from so many answers on, and are forgotten after so long. */
    readonly minSample: number;
    readonly countedForMs: number;
    /** A share of slow answers at which notifications are held back, and one at which they are dropped. */
    readonly heldBackFromShare: number;
    readonly heldBackForMs: number;
    readonly droppedFromShare: number;
  };
  readonly facts: Readonly<Record<string, Sourced>>;
}
