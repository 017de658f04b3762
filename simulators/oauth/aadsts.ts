import type { Confidence } from '../limits/limiter.ts';

/** An error of the identity platform, as its token endpoint gives it. */
export interface Aadsts {
  readonly status: number;
  /** The OAuth error (RFC 6749 5.2, RFC 8628 3.5). */
  readonly error: string;
  readonly suberror?: string;
  /** What follows `AADSTS<code>: `; `{name}` is filled by whoever refuses. */
  readonly text: string;
  /** How sure the text and the status are; the meaning of each code is documented. */
  readonly confidence: Confidence;
}

/**
 * The codes this fake gives, by number. What each means is documented (learn.microsoft.com
 * entra/identity-platform/reference-error-codes); wording and status are as users report them where that is `R`, and
 * inferred from the class of error where it is `I`.
 */
export const aadsts = {
  // What is wrong with the request.
  900144: refusal(
    400,
    'invalid_request',
    "The request body must contain the following parameter: '{parameter}'.",
    'R',
  ),
  9002313: refusal(400, 'invalid_grant', 'Invalid request. Request is malformed or invalid.', 'R'),
  70003: refusal(
    400,
    'unsupported_grant_type',
    "The app requested an unsupported grant type '{grant}'.",
    'R',
  ),
  70011: refusal(
    400,
    'invalid_scope',
    "The provided value for the input parameter 'scope' isn't valid. The scope {scope} isn't valid.",
    'D',
  ),
  1002012: refusal(
    400,
    'invalid_scope',
    'The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
    'R',
  ),
  90002: refusal(
    400,
    'invalid_request',
    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
    'R',
  ),
  50059: refusal(
    400,
    'invalid_request',
    'No tenant-identifying information found in either the request or implied by any provided credentials.',
    'R',
  ),

  // Who asks.
  700016: refusal(
    400,
    'unauthorized_client',
    "Application with identifier '{app}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
    'R',
  ),
  7000112: refusal(400, 'unauthorized_client', "Application '{app}' is disabled.", 'R'),
  7000215: refusal(
    401,
    'invalid_client',
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{app}'.",
    'R',
  ),
  7000222: refusal(
    401,
    'invalid_client',
    "The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
    'R',
  ),
  7000216: refusal(
    401,
    'invalid_client',
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    'R',
  ),
  7000218: refusal(
    401,
    'invalid_client',
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    'R',
  ),
  50027: refusal(
    401,
    'invalid_client',
    'JWT token is invalid or malformed. Client assertion: {reason}.',
    'I',
  ),
  700021: refusal(
    401,
    'invalid_client',
    "Client assertion application identifier doesn't match 'client_id' parameter.",
    'R',
  ),
  700023: refusal(401, 'invalid_client', 'Client assertion audience claim does not match Realm issuer.', 'R'),
  700024: refusal(401, 'invalid_client', 'Client assertion is not within its valid time range.', 'R'),
  700027: refusal(
    401,
    'invalid_client',
    "The certificate with identifier used to sign the client assertion is not registered on application '{app}', or the signature is not valid.",
    'R',
  ),

  // The user behind the grant.
  50034: refusal(
    400,
    'invalid_grant',
    'The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.',
    'R',
  ),
  50057: refusal(400, 'invalid_grant', 'The user account is disabled.', 'D'),
  50076: refusal(
    400,
    'invalid_grant',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.',
    'R',
    'basic_action',
  ),
  50079: refusal(
    400,
    'invalid_grant',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access the resource.',
    'R',
    'basic_action',
  ),
  50173: refusal(
    400,
    'invalid_grant',
    'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.',
    'R',
    'bad_token',
  ),
  53003: refusal(
    400,
    'invalid_grant',
    'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    'D',
    'message_only',
  ),
  530035: refusal(400, 'invalid_grant', 'Access has been blocked by security defaults.', 'D'),
  65001: refusal(
    400,
    'invalid_grant',
    "The user or administrator has not consented to use the application with ID '{app}'. Send an interactive authorization request for this user and resource.",
    'R',
    'consent_required',
  ),
  70008: refusal(
    400,
    'invalid_grant',
    'The refresh token has expired due to its lifetime. Send a new interactive authorization request for this user and resource.',
    'R',
  ),
  700082: refusal(
    400,
    'invalid_grant',
    'The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for 90.00:00:00.',
    'R',
    'bad_token',
  ),

  // A sign-in on another device.
  70016: refusal(
    400,
    'authorization_pending',
    'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    'R',
  ),
  70018: refusal(400, 'bad_verification_code', 'Invalid verification code.', 'D'),
  70019: refusal(400, 'expired_token', 'Verification code expired. Have the user retry the sign-in.', 'D'),
  65004: refusal(400, 'authorization_declined', 'User declined to consent to access the app.', 'D'),

  // The service itself.
  50196: refusal(
    400,
    'invalid_grant',
    'The server terminated an operation because it encountered a client request loop. Please contact your app vendor.',
    'R',
  ),
  90006: refusal(503, 'temporarily_unavailable', 'The service is temporarily unavailable.', 'I'),
  90012: refusal(504, 'temporarily_unavailable', 'The request has timed out.', 'I'),
  90024: refusal(503, 'temporarily_unavailable', 'A transient error has occurred. Please try again.', 'I'),
  90033: refusal(503, 'temporarily_unavailable', 'A transient error has occurred. Please try again.', 'I'),
  90055: refusal(
    429,
    'temporarily_unavailable',
    'The server is temporarily too busy to handle the request.',
    'I',
  ),
  90090: refusal(503, 'temporarily_unavailable', 'The service is temporarily unavailable.', 'I'),
} satisfies Readonly<Record<number, Aadsts>>;

export type AadstsCode = keyof typeof aadsts;

function refusal(
  status: number,
  error: string,
  text: string,
  confidence: Confidence,
  suberror?: string,
): Aadsts {
  return { status, error, text, confidence, ...(suberror === undefined ? {} : { suberror }) };
}
