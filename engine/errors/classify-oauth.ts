import type { ClassifiedError } from './error-class.ts';
import type { OAuthAnswer } from './oauth-answer.ts';
import { findOAuthRule } from './rules-oauth.ts';

/**
 * Classifies an answer of a token endpoint that brought no token. One nobody knows is trouble that passes: without an
 * OAuth error in it, it was not the token endpoint that answered.
 */
export function classifyOAuth(answer: OAuthAnswer): ClassifiedError {
  const rule = findOAuthRule(answer);
  const retryAfterMs = answer.retryAfterMs ?? rule?.retryAfterMs;
  // A wait that is told with any other refusal says that it will pass.
  const { class: errorClass, code } = rule ?? { class: 'transient', code: 'oauth-answer-unknown' };
  return {
    class: errorClass === 'transient' && answer.retryAfterMs !== undefined ? 'throttled' : errorClass,
    code,
    text: textOf(answer),
    phase: 'token',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function textOf({ status, error, message }: OAuthAnswer): string {
  const said = [error, message].filter((part) => part !== '').join(': ');
  return `The token endpoint answered HTTP ${status}${said === '' ? ', without a word' : ` ${said}`}`
    .replace(/\beyJ[\w-]{8,}(?:\.[\w-]+)*/g, '[token]')
    .replace(
      /\b(Bearer|client_secret|client_assertion|assertion|refresh_token)([ =:]+)[^\s"',;&]+/gi,
      '$1$2[secret]',
    )
    .replace(/\s+/g, ' ')
    .slice(0, 500);
}
