/**
 * Everything one may set about the engine, in one place. Times in milliseconds, sizes in bytes. Where a name of the
 * documented product exists it is used; a default nobody published is ours, and says so.
 */
export interface Settings {
  /** Window from the end of a cycle to the next: documented, 5 min each. */
  readonly incomingWindowMs: number;
  readonly outgoingWindowMs: number;
  /** `MailboxBackoffOnTransientError`: documented as 5 min between tries. */
  readonly mailboxBackoffOnTransientErrorMs: number;
  /** `MaxMailboxTransientFailures`: documented as 10, then permanent. */
  readonly maxMailboxTransientFailures: number;
  /** Throttled without a told time: first wait, growing by 2 up to the cap, jittered ± 20 %. Ours. */
  readonly throttleBackoffMs: number;
  readonly throttleBackoffMaxMs: number;
  /** A wait a server asks for in the middle of a cycle is waited out when it is no longer; a longer one ends the cycle. Ours. */
  readonly throttleWaitWithinCycleMs: number;
  /** An authentication failure that may pass is believed after so many tries over so long. Ours. */
  readonly authFailuresBeforeDisable: number;
  readonly authFailureSpanMs: number;
  /** More than this share (0..1) of a profile's mailboxes failing in the last window is an outage of the provider. Ours. */
  readonly outageShare: number;
  readonly outageMinimumMailboxes: number;
  /** Cycles of one workload that run at the same time, over all mailboxes. Ours. */
  readonly maxConcurrentIncoming: number;
  readonly maxConcurrentOutgoing: number;
  readonly leaseMs: number;
  /**
   * A connection that ended without the server having shown that it is closed counts as open for so long. Ours: an
   * autologout timer of POP3 is at least 10 min (RFC 1939 3), a server's time-out of SMTP at least 5 min
   * (RFC 5321 4.5.3.2.7). A server that is known to wait longer (Exchange's POP3: 30 min) needs a longer time.
   */
  readonly lingeringConnectionMs: number;
  /** A connection to an IMAP server is kept so long for the mailbox's next cycle; 0: closed after each. Ours. */
  readonly imapKeepConnectionMs: number;
  /** From the first thing an idling IMAP server tells to the cycle that looks for it. Ours. */
  readonly imapHintDelayMs: number;
  /** `IncomingMaximumEmailsPerCycle`; value unpublished, ours. */
  readonly incomingMaximumEmailsPerCycle: number;
  /** Bytes fetched per cycle at most (a first message is always fetched). Ours. */
  readonly incomingMaximumBytesPerCycle: number;
  /** `IncomingEmailExchangeEmailRetrievalBatchSize`: changes asked for at a time; value unpublished, ours. */
  readonly incomingEmailExchangeEmailRetrievalBatchSize: number;
  /** Pages of changes read per cycle at most. Ours. */
  readonly incomingMaximumPagesPerCycle: number;
  /** `MaxFolderBasedTrackingMappings`: tracked folders of a mailbox; documented, 25 (1–25). */
  readonly maxFolderBasedTrackingMappings: number;
  /** A tracked folder is looked at this often, whether it is still there and under the Inbox. Ours. */
  readonly trackingFolderCheckMs: number;
  /** `TrackCategorizedItems`: the category tracks, and shows what is tracked; documented, true. */
  readonly trackCategorizedItems: boolean;
  /** Items per commit. Ours. */
  readonly incomingCommitEvery: number;
  /** `IncomingEmailMaximumSizeLimit`; value unpublished, ours. Larger ones are recorded as skipped, with an alert. */
  readonly incomingEmailMaximumSizeLimitBytes: number;
  /** Tries before an item is quarantined; documented as 5 for automatic tracking. */
  readonly maxItemStrikes: number;
  /**
   * An item quarantined for what may pass at the server is tried again by itself: first wait, growing by 2 up to the
   * cap. Ours.
   */
  readonly quarantineRetryMs: number;
  readonly quarantineRetryMaxMs: number;
  /** `BackgroundSendBatchSize`: documented, 10 (1–255). */
  readonly backgroundSendBatchSize: number;
  /** Tries before a row fails for good; 10 in the Email Router sample. */
  readonly maximumDeliveryAttempts: number;
  /** Whether what is sent through Graph stays in the mailbox's Sent Items: documented, true. */
  readonly sssSaveOutgoingEmailToExchangeSentFolder: boolean;
  /**
   * A draft whose sending was not answered: it is sent again when it is still a draft so long after, at so many looks.
   * What can be found nowhere for `sendEvidenceForMs` is uncertain. Ours.
   */
  readonly sendEvidenceGraceMs: number;
  readonly sendEvidenceLooks: number;
  readonly sendEvidenceForMs: number;
  /** Reply time-outs of SMTP are those of RFC 5321 4.5.3.2, bounded by the profile's connection time-out where that is shorter. */
  readonly smtpFinalDotTimeoutMs: number;
  /** A whole cycle may take at most so long. Ours. */
  readonly cycleBudgetMs: number;
}

const minute = 60_000;

export const defaultSettings: Settings = {
  incomingWindowMs: 5 * minute,
  outgoingWindowMs: 5 * minute,
  mailboxBackoffOnTransientErrorMs: 5 * minute,
  maxMailboxTransientFailures: 10,
  throttleBackoffMs: 1 * minute,
  throttleBackoffMaxMs: 60 * minute,
  throttleWaitWithinCycleMs: 30_000,
  authFailuresBeforeDisable: 5,
  authFailureSpanMs: 2 * 60 * minute,
  outageShare: 0.5,
  outageMinimumMailboxes: 3,
  maxConcurrentIncoming: 64,
  maxConcurrentOutgoing: 64,
  leaseMs: 30 * minute,
  lingeringConnectionMs: 10 * minute,
  imapKeepConnectionMs: 10 * minute,
  imapHintDelayMs: 2_000,
  incomingMaximumEmailsPerCycle: 500,
  incomingMaximumBytesPerCycle: 256 * 1024 * 1024,
  incomingEmailExchangeEmailRetrievalBatchSize: 50,
  incomingMaximumPagesPerCycle: 1_000,
  maxFolderBasedTrackingMappings: 25,
  trackingFolderCheckMs: 60 * minute,
  trackCategorizedItems: true,
  incomingCommitEvery: 50,
  incomingEmailMaximumSizeLimitBytes: 64 * 1024 * 1024,
  maxItemStrikes: 5,
  quarantineRetryMs: 60 * minute,
  quarantineRetryMaxMs: 24 * 60 * minute,
  backgroundSendBatchSize: 10,
  maximumDeliveryAttempts: 10,
  sssSaveOutgoingEmailToExchangeSentFolder: true,
  sendEvidenceGraceMs: 2 * minute,
  sendEvidenceLooks: 3,
  sendEvidenceForMs: 60 * minute,
  smtpFinalDotTimeoutMs: 10 * minute,
  cycleBudgetMs: 20 * minute,
};
