/** One reply that the simulator gives in another way than the real server, and why that is right or does not matter. */
export interface ReplyDifference {
  readonly dialogue: string;
  readonly step: string;
  readonly real: string;
  readonly ours: string;
  readonly reason: string;
}

/** Dovecot 2.3 against the POP3 simulator in the profile `dovecot-postfix`. */
export const pop3Differences: readonly ReplyDifference[] = [];

/** Postfix 3.7 against the SMTP simulator in the profile `dovecot-postfix`. */
export const smtpDifferences: readonly ReplyDifference[] = [];
