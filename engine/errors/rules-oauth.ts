import type { ErrorClass } from './error-class.ts';
import type { OAuthAnswer } from './oauth-answer.ts';

/** An answer token endpoints are known to give, and what is meant by it. The first rule that matches decides. */
export interface OAuthRule {
  readonly class: ErrorClass;
  readonly code: string;
  /** The wait that follows from the limit itself, when the reply tells none. */
  readonly retryAfterMs?: number;
  readonly statuses?: readonly number[];
  /** `error_codes`: the numbers behind AADSTS. */
  readonly numbers?: readonly number[];
  /** `error`, lower case. */
  readonly errors?: readonly string[];
  readonly text?: RegExp;
}

const minuteMs = 60_000;

/**
 * Limits and passing trouble first: they come under statuses and errors that mean something else. What an administrator
 * has just changed takes minutes to be known everywhere, so that "wrong secret" and "no such application" are believed
 * only when they stay; what says that somebody has to sign in again, or that a secret has run out, is believed at once.
 */
export const oauthRules: readonly OAuthRule[] = [
  { class: 'throttled', code: 'oauth-request-loop', numbers: [50196], retryAfterMs: 5 * minuteMs },
  { class: 'throttled', code: 'oauth-tenant-throttled', numbers: [90055], retryAfterMs: minuteMs },
  { class: 'throttled', code: 'oauth-throttled', statuses: [429], retryAfterMs: minuteMs },
  {
    class: 'throttled',
    code: 'oauth-throttled',
    text: /too many requests|throttl/i,
    retryAfterMs: minuteMs,
  },
  {
    class: 'transient',
    code: 'oauth-service-unwell',
    numbers: [90006, 90012, 90024, 90033, 90090, 90020, 90025, 90036],
  },
  { class: 'transient', code: 'oauth-service-unwell', errors: ['temporarily_unavailable', 'server_error'] },
  { class: 'transient', code: 'oauth-service-unwell', statuses: [408, 500, 502, 503, 504] },
  // Clocks that disagree: what is signed now is not valid now.
  { class: 'transient', code: 'oauth-assertion-time', numbers: [700024] },

  { class: 'auth-maybe', code: 'oauth-secret-wrong', numbers: [7000215] },
  { class: 'auth-dead', code: 'oauth-secret-expired', numbers: [7000222] },
  { class: 'auth-maybe', code: 'oauth-certificate-refused', numbers: [700027, 50027, 700021, 700023] },
  { class: 'auth-maybe', code: 'oauth-app-unknown', numbers: [700016] },
  { class: 'auth-dead', code: 'oauth-app-disabled', numbers: [7000112] },
  { class: 'config', code: 'oauth-secret-missing', numbers: [7000218, 7000216] },

  { class: 'auth-dead', code: 'oauth-grant-revoked', numbers: [50173] },
  { class: 'auth-dead', code: 'oauth-grant-expired', numbers: [700082, 70008, 700084] },
  { class: 'auth-dead', code: 'oauth-grant-invalid', numbers: [9002313, 70000] },
  { class: 'auth-dead', code: 'oauth-sign-in-needed', numbers: [50076, 50079, 50074, 50078] },
  { class: 'auth-dead', code: 'oauth-consent-needed', numbers: [65001] },
  // Policies look at places and devices as well, and let pass tomorrow what they block today.
  { class: 'auth-maybe', code: 'oauth-blocked-by-policy', numbers: [53003, 530035, 53000, 53001] },
  { class: 'auth-dead', code: 'oauth-user-disabled', numbers: [50057] },
  { class: 'auth-maybe', code: 'oauth-user-unknown', numbers: [50034, 50020] },

  { class: 'config', code: 'oauth-tenant-unknown', numbers: [90002, 50059, 900023] },
  { class: 'config', code: 'oauth-scope-refused', numbers: [70011, 1002012, 500011, 65005] },
  { class: 'config', code: 'oauth-scope-refused', errors: ['invalid_scope', 'invalid_resource'] },
  {
    class: 'config',
    code: 'oauth-request-refused',
    errors: ['invalid_request', 'unsupported_grant_type'],
  },

  // No number, or one nobody knows.
  {
    class: 'auth-dead',
    code: 'oauth-sign-in-needed',
    errors: ['interaction_required', 'login_required', 'consent_required'],
  },
  { class: 'auth-maybe', code: 'oauth-grant-refused', errors: ['invalid_grant', 'access_denied'] },
  { class: 'auth-maybe', code: 'oauth-client-refused', errors: ['invalid_client', 'unauthorized_client'] },
];

/** The rule that decides about an answer, if one does. */
export function findOAuthRule({ status, number, error, message }: OAuthAnswer): OAuthRule | undefined {
  return oauthRules.find(
    (rule) =>
      (rule.statuses === undefined || rule.statuses.includes(status)) &&
      (rule.numbers === undefined || (number !== undefined && rule.numbers.includes(number))) &&
      (rule.errors === undefined || rule.errors.includes(error.toLowerCase())) &&
      (rule.text === undefined || rule.text.test(message)),
  );
}
