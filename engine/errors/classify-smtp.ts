import type { SmtpPhase } from '../smtp/smtp-phase.ts';
import { formatReply, type SmtpReply } from '../smtp/smtp-reply.ts';
import type { ClassifiedError } from './error-class.ts';
import { fallbackSmtp } from './fallback-smtp.ts';
import { smtpRules } from './rules-smtp.ts';
import type { SmtpScope } from './smtp-verdict.ts';
import { toldWaitMs } from './told-wait.ts';

export interface ClassifiedReply extends ClassifiedError {
  readonly phase: SmtpPhase;
  readonly scope: SmtpScope;
}

/**
 * Classifies a refusal. What providers are known to mean by a reply goes first (a quota in a 554, a lasting block
 * in a 451); a reply nobody knows is read by RFC 5321, 3463 and 4954.
 */
export function classifySmtp(reply: SmtpReply, phase: SmtpPhase): ClassifiedReply {
  const verdict = smtpRules.find((rule) => rule.matches(reply, phase))?.verdict ?? fallbackSmtp(reply, phase);
  return {
    ...verdict,
    text: formatReply(reply),
    retryAfterMs: toldWaitMs(reply.text),
    phase,
  };
}
