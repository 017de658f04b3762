import type { Pop3Phase } from '../pop3/pop3-phase.ts';
import type { ClassifiedError } from './error-class.ts';
import { type Pop3Rule, pop3Rules } from './rules-pop3.ts';
import { toldWaitMs } from './told-wait.ts';

const bracketed = /^\[([A-Za-z/-]{1,32})\]/;

/**
 * Classifies a `-ERR` reply by its text (what stands behind `-ERR `, already redacted). A reply nobody knows is
 * believed slowly: at login it may be a bad password, anywhere else it is trouble that passes.
 */
export function classifyPop3(text: string, phase: Pop3Phase): ClassifiedError {
  const rule = findRule(text, phase);
  const retryAfterMs = toldWaitMs(text) ?? rule?.retryAfterMs;
  return {
    class: rule?.class ?? (phase === 'auth' ? 'auth-maybe' : 'transient'),
    code: rule?.code ?? (phase === 'auth' ? 'pop3-login-refused' : 'pop3-refused'),
    text: text.slice(0, 500),
    phase,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The rule that decides about a reply, if one does. */
export function findRule(text: string, phase: Pop3Phase): Pop3Rule | undefined {
  const responseCode = bracketed.exec(text)?.[1]?.toUpperCase();
  return pop3Rules.find(
    (rule) =>
      (rule.responseCode === undefined || rule.responseCode === responseCode) &&
      (rule.phases === undefined || rule.phases.includes(phase)) &&
      (rule.text === undefined || rule.text.test(text)),
  );
}
