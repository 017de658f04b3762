import {
  ConfidentialClientApplication,
  type Configuration,
  LogLevel,
  PublicClientApplication,
} from '@azure/msal-node';
import type { GraphMechanism } from '../records/mailbox.ts';
import { certificateBundle } from './certificate-bundle.ts';
import type { MsalNetwork } from './msal-network.ts';

/** Who asks whom for what. */
export interface TokenAsk {
  /** Tenant included: `https://login.microsoftonline.com/<tenant>`. */
  readonly authority: string;
  readonly clientId: string;
  /** `https://graph.microsoft.com/.default` */
  readonly scope: string;
  readonly mechanism: GraphMechanism;
  /** A client secret, a PEM bundle, or a refresh token. */
  readonly secret: string;
}

/**
 * Asks for one access token through Microsoft's library, made anew each time: the tokens, the waits and the clock are
 * the engine's, and no secret outlives the question. Resolves with the token; `network.exchange` says how it went, also
 * when this rejects. Throws `SyncError` (`config`) for a certificate that cannot be used.
 */
export async function askForToken(ask: TokenAsk, network: MsalNetwork): Promise<string | undefined> {
  const { mechanism, scope, secret } = ask;
  const scopes = [scope];
  switch (mechanism) {
    case 'client-secret': {
      const app = new ConfidentialClientApplication(configuration(ask, network, { clientSecret: secret }));
      return (await app.acquireTokenByClientCredential({ scopes, skipCache: true }))?.accessToken;
    }
    case 'client-certificate': {
      const clientCertificate = certificateBundle(secret);
      const app = new ConfidentialClientApplication(configuration(ask, network, { clientCertificate }));
      return (await app.acquireTokenByClientCredential({ scopes, skipCache: true }))?.accessToken;
    }
    case 'refresh-token': {
      const app = new PublicClientApplication(configuration(ask, network, {}));
      return (await app.acquireTokenByRefreshToken({ scopes, refreshToken: secret }))?.accessToken;
    }
    default:
      throw new TypeError(`No way to a token by ${String(mechanism satisfies never)}.`);
  }
}

function configuration(
  { authority, clientId }: TokenAsk,
  networkClient: MsalNetwork,
  credential: Partial<Configuration['auth']>,
): Configuration {
  return {
    auth: { clientId, authority, ...knownAuthority(authority), ...credential },
    system: {
      networkClient,
      loggerOptions: { loggerCallback: () => {}, logLevel: LogLevel.Error, piiLoggingEnabled: false },
    },
  };
}

/** All the library would ask the network for before it asks for a token; a host it does not know it would ask Microsoft about. */
function knownAuthority(
  authority: string,
): Pick<Configuration['auth'], 'knownAuthorities' | 'authorityMetadata'> {
  const base = authority.replace(/\/+$/, '');
  return {
    knownAuthorities: [new URL(base).host],
    authorityMetadata: JSON.stringify({
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    }),
  };
}
