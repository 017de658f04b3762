import { clientCredentials } from './client-credentials.ts';
import { deviceCode } from './device-code.ts';
import type { Grant } from './grant.ts';
import { refreshToken } from './refresh-token.ts';

/** Every grant the token endpoint knows, by `grant_type`. Entra takes the short name of RFC 8628's too: MSAL sends it. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ...[clientCredentials, refreshToken, deviceCode].map((grant): [string, Grant] => [grant.type, grant]),
  ['device_code', deviceCode],
]);
