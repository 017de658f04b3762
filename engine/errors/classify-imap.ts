import type { ImapPhase } from '../imap/imap-phase.ts';
import type { ClassifiedError } from './error-class.ts';
import { type ImapRule, type ImapStatus, imapRules } from './rules-imap.ts';
import { toldWaitMs } from './told-wait.ts';

const bracketed = /^\[([A-Za-z0-9/-]{1,40})/;

/**
 * Classifies a refusal by its text (what stands behind the status, already redacted). One nobody knows is believed
 * slowly: at login it may be a bad password, anywhere else it is trouble that passes.
 */
export function classifyImap(text: string, phase: ImapPhase, status: ImapStatus): ClassifiedError {
  const rule = findImapRule(text, phase, status);
  const retryAfterMs = toldWaitMs(text) ?? rule?.retryAfterMs;
  const login = phase === 'auth' && status !== 'BYE';
  return {
    class: rule?.class ?? (login ? 'auth-maybe' : 'transient'),
    code: rule?.code ?? (login ? 'imap-login-refused' : status === 'BYE' ? 'imap-bye' : 'imap-refused'),
    text: text.slice(0, 500),
    phase,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The rule that decides about a refusal, if one does. */
export function findImapRule(text: string, phase: ImapPhase, status: ImapStatus): ImapRule | undefined {
  const responseCode = bracketed.exec(text)?.[1]?.toUpperCase();
  return imapRules.find(
    (rule) =>
      (rule.responseCode === undefined || rule.responseCode === responseCode) &&
      (rule.status === undefined || rule.status === status) &&
      (rule.phases === undefined || rule.phases.includes(phase)) &&
      (rule.text === undefined || rule.text.test(text)),
  );
}
