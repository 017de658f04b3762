import type { SmtpPhase } from './smtp-phase.ts';
import type { SmtpReply } from './smtp-reply.ts';

/** What ended an exchange that did not go well. */
export interface SmtpTrouble {
  /** What was being waited for. */
  readonly phase: SmtpPhase;
  /** The server's refusal; `undefined` when the connection was lost, silent for too long, or given up by us. */
  readonly reply: SmtpReply | undefined;
  readonly cause: 'reply' | 'lost' | 'timeout' | 'aborted' | 'local';
  readonly error: Error | undefined;
}

/** What the server said to one RCPT TO; `refusal` is `undefined` where it took the recipient or never answered. */
export interface RecipientAnswer {
  readonly address: string;
  readonly refusal: SmtpReply | undefined;
}

/**
 * Where a message is after one attempt, as far as this side can know.
 *
 * not-handed  its final dot never left, so the server cannot have accepted it; `phase` tells how far it came
 * refused     the server said no, and is believed: at MAIL, RCPT (all of them), DATA or after the final dot
 * accepted    the server took it for the recipients it did not refuse
 * unknown     everything may have left, and no valid reply came back (RFC 1047): accepted or not
 */
export type SendResult =
  | {
      readonly kind: 'not-handed';
      readonly trouble: SmtpTrouble;
      readonly recipients: readonly RecipientAnswer[];
    }
  | {
      readonly kind: 'refused';
      readonly trouble: SmtpTrouble & { readonly reply: SmtpReply };
      readonly recipients: readonly RecipientAnswer[];
    }
  | { readonly kind: 'accepted'; readonly reply: SmtpReply; readonly recipients: readonly RecipientAnswer[] }
  | {
      readonly kind: 'unknown';
      readonly trouble: SmtpTrouble;
      readonly recipients: readonly RecipientAnswer[];
    };
