import type { LimiterDefinition } from '../../limits/limiter.ts';
import type { CannedFault } from '../profile.ts';
import { minuteMs } from '../window-lengths.ts';

const throttling = 'learn.microsoft.com entra/msal/dotnet/advanced/client-and-server-throttling';
const codes = 'learn.microsoft.com entra/identity-platform/reference-error-codes';
const note = 'That there is a limit and what it answers is documented; its number and window are ours.';

/**
 * Entra's limits on one and the same request: an application that asks in its own name (it is known to limits by its
 * tenant) is told to wait, one that asks for a user (known by the account) that it runs in circles.
 */
export const oauthLimits: readonly LimiterDefinition[] = [
  {
    id: 'entra.tokenRequestsOfApp',
    protocol: 'graph',
    unit: 'logins',
    limit: 60,
    window: { kind: 'sliding', periodMs: 5 * minuteMs },
    key: ['app', 'tenant'],
    judgedAt: { phase: 'command', command: 'POST /token' },
    breach: {
      action: 'reject',
      reply: '429\nContent-Type: text/plain\nRetry-After: 60\n\nToo Many Requests',
    },
    confidence: 'ours',
    source: throttling,
    note,
  },
  {
    id: 'entra.tokenRequestsOfUser',
    protocol: 'graph',
    unit: 'logins',
    limit: 60,
    window: { kind: 'sliding', periodMs: 5 * minuteMs },
    key: ['app', 'account'],
    judgedAt: { phase: 'command', command: 'POST /token' },
    breach: { action: 'reject', reply: '400 AADSTS50196' },
    confidence: 'ours',
    source: throttling,
    note,
  },
];

const refused = (
  id: string,
  text: string,
  confidence: CannedFault['confidence'],
  source: string,
): CannedFault => ({
  id,
  protocol: 'graph',
  phase: 'command',
  command: 'POST /token',
  what: { kind: 'reply', text },
  confidence,
  source,
});

/** What the token endpoint of Entra is known to say. */
export const oauthFaults: readonly CannedFault[] = [
  refused(
    'entra.throttled',
    '429\nContent-Type: text/plain\nRetry-After: 60\n\nToo Many Requests',
    'R',
    'microsoft-authentication-library-for-dotnet#2855',
  ),
  refused('entra.loop', '400 AADSTS50196', 'R', `${throttling}; msal-js#547`),
  refused('entra.transient', '503 AADSTS90033', 'D', `${codes} (the status is inferred)`),
  refused('entra.budget', '503 AADSTS90024', 'D', `${codes} (the status is inferred)`),
  refused('entra.tenantThrottled', '429 AADSTS90055', 'D', `${codes} (the status is inferred)`),
  refused('entra.emptyOutage', '503\n', 'I', 'a gateway in front of the service'),
  refused('entra.badSecret', '401 AADSTS7000215', 'D', `${codes}; keycloak#31294 (401)`),
  refused('entra.expiredSecret', '401 AADSTS7000222', 'D', `${codes}; botframework-sdk#6221 (401)`),
  refused('entra.appUnknown', '400 AADSTS700016', 'D', codes),
  refused('entra.revoked', '400 AADSTS50173', 'D', codes),
  refused('entra.inactive', '400 AADSTS700082', 'D', `${codes}; learn.microsoft.com answers 710568`),
  refused('entra.mfa', '400 AADSTS50076', 'D', codes),
  refused('entra.conditionalAccess', '400 AADSTS53003', 'D', codes),
];
