import type { ErrorClass } from './error-class.ts';

/** A refusal as a token endpoint sends it, and what it means. */
export interface OAuthCorpusLine {
  /** Where it was seen, or is documented. */
  readonly from: string;
  readonly status: number;
  readonly retryAfterMs?: number;
  readonly body: string;
  readonly class: ErrorClass;
  readonly code: string;
  /** The wait that is to be kept. */
  readonly waitMs?: number;
}

type Meaning = readonly [ErrorClass, string, number?];

function says(from: string, status: number, body: string, meaning: Meaning): OAuthCorpusLine {
  const [errorClass, code, waitMs] = meaning;
  const line = { from, status, body, class: errorClass, code };
  return waitMs === undefined ? line : { ...line, waitMs };
}

/** The same with a Retry-After of so many ms. */
function told(retryAfterMs: number, line: OAuthCorpusLine): OAuthCorpusLine {
  return { ...line, retryAfterMs, waitMs: retryAfterMs };
}

function envelope(error: string, code: number, text: string): string {
  const trace = '21a7ca08-5c6d-4238-a06f-d7808ff27900';
  const timestamp = '2026-01-05 08:00:00Z';
  return JSON.stringify({
    error,
    error_description: `AADSTS${code}: ${text}\r\nTrace ID: ${trace}\r\nCorrelation ID: ${trace}\r\nTimestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: trace,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  });
}

function grant(from: string, code: number, text: string, meaning: Meaning): OAuthCorpusLine {
  return says(from, 400, envelope('invalid_grant', code, text), meaning);
}

function client(from: string, code: number, text: string, meaning: Meaning): OAuthCorpusLine {
  return says(from, 401, envelope('invalid_client', code, text), meaning);
}

const codes = 'Entra error codes';
const throttling = 'MSAL client and server throttling';
const minuteMs = 60_000;
const unwell: Meaning = ['transient', 'oauth-service-unwell'];

/** Refusals of token endpoints, as documents and users report them, each with the class it must get. */
export const oauthCorpus: readonly OAuthCorpusLine[] = [
  // Limits, in four forms.
  told(minuteMs, says(throttling, 429, 'Too Many Requests', ['throttled', 'oauth-throttled'])),
  says('public issues', 429, 'Too Many Requests', ['throttled', 'oauth-throttled', minuteMs]),
  says('a gateway', 403, 'Request was throttled', ['throttled', 'oauth-throttled', minuteMs]),
  says(codes, 429, envelope('temporarily_unavailable', 90055, 'The server is temporarily too busy.'), [
    'throttled',
    'oauth-tenant-throttled',
    minuteMs,
  ]),
  grant(
    throttling,
    50196,
    'The server terminated an operation because it encountered a client request loop. Please contact your app vendor.',
    ['throttled', 'oauth-request-loop', 5 * minuteMs],
  ),

  // Passing trouble, which is never a bad password.
  ...[90006, 90024, 90033, 90090].map((code) =>
    says(codes, 503, envelope('temporarily_unavailable', code, 'A transient error has occurred.'), unwell),
  ),
  says(codes, 400, envelope('invalid_grant', 90033, 'A transient error has occurred.'), unwell),
  says(codes, 504, envelope('temporarily_unavailable', 90012, 'The request has timed out.'), unwell),
  says('RFC 6749 4.1.2.1', 400, '{"error":"temporarily_unavailable"}', unwell),
  says('RFC 6749 4.1.2.1', 400, '{"error":"server_error"}', unwell),
  says('a gateway', 503, '', unwell),
  says('a gateway', 502, '<html><title>502 Bad Gateway</title></html>', unwell),
  told(30_000, says('a gateway', 503, '', ['throttled', 'oauth-service-unwell'])),
  says('a captive portal', 403, '<html>Sign in to the network</html>', ['transient', 'oauth-answer-unknown']),
  says('a proxy', 407, '', ['transient', 'oauth-answer-unknown']),
  client(codes, 700024, 'Client assertion is not within its valid time range.', [
    'transient',
    'oauth-assertion-time',
  ]),

  // The application.
  client('keycloak#31294', 7000215, 'Invalid client secret provided. Ensure the secret being sent …', [
    'auth-maybe',
    'oauth-secret-wrong',
  ]),
  client('botframework-sdk#6221', 7000222, 'The provided client secret keys are expired.', [
    'auth-dead',
    'oauth-secret-expired',
  ]),
  client(codes, 7000218, "The request body must contain: 'client_assertion' or 'client_secret'.", [
    'config',
    'oauth-secret-missing',
  ]),
  client(codes, 700027, 'Client assertion failed signature validation.', [
    'auth-maybe',
    'oauth-certificate-refused',
  ]),
  says(
    codes,
    400,
    envelope('unauthorized_client', 700016, "Application with identifier 'x' was not found."),
    ['auth-maybe', 'oauth-app-unknown'],
  ),
  says(codes, 400, envelope('unauthorized_client', 7000112, "Application 'x' is disabled."), [
    'auth-dead',
    'oauth-app-disabled',
  ]),
  says('RFC 6749 5.2', 401, '{"error":"invalid_client"}', ['auth-maybe', 'oauth-client-refused']),

  // The user's grant.
  grant(codes, 50173, 'The provided grant has expired due to it being revoked.', [
    'auth-dead',
    'oauth-grant-revoked',
  ]),
  grant('Microsoft Q&A 710568', 700082, 'The refresh token has expired due to inactivity.', [
    'auth-dead',
    'oauth-grant-expired',
  ]),
  grant(codes, 70008, 'The refresh token has expired.', ['auth-dead', 'oauth-grant-expired']),
  grant(codes, 9002313, 'Invalid request. Request is malformed or invalid.', [
    'auth-dead',
    'oauth-grant-invalid',
  ]),
  grant(codes, 50076, 'You must use multi-factor authentication.', ['auth-dead', 'oauth-sign-in-needed']),
  grant(codes, 65001, 'The user or administrator has not consented.', ['auth-dead', 'oauth-consent-needed']),
  grant(codes, 53003, 'Access has been blocked by Conditional Access policies.', [
    'auth-maybe',
    'oauth-blocked-by-policy',
  ]),
  grant(codes, 50057, 'The user account is disabled.', ['auth-dead', 'oauth-user-disabled']),
  grant(codes, 50034, 'The user account does not exist in the directory.', [
    'auth-maybe',
    'oauth-user-unknown',
  ]),
  grant('no code anybody knows', 99_999_999, 'Something new.', ['auth-maybe', 'oauth-grant-refused']),
  says('OpenID Connect Core 3.1.2.6', 400, '{"error":"interaction_required"}', [
    'auth-dead',
    'oauth-sign-in-needed',
  ]),

  // The settings.
  says(codes, 400, envelope('invalid_request', 90002, "Tenant 'x' not found."), [
    'config',
    'oauth-tenant-unknown',
  ]),
  says(codes, 400, envelope('invalid_scope', 70011, "The scope x isn't valid."), [
    'config',
    'oauth-scope-refused',
  ]),
  says('RFC 6749 5.2', 400, '{"error":"invalid_scope"}', ['config', 'oauth-scope-refused']),
  says(codes, 400, envelope('invalid_request', 900144, "The request body must contain: 'scope'."), [
    'config',
    'oauth-request-refused',
  ]),
];
