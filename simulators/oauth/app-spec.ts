/** An application registered in a provider's tenant: who may ask for tokens, and how it proves that it is the one. */
export interface AppSpec {
  /** The application (client) id, a UUID. */
  readonly clientId: string;
  /** A client secret it has; more can be added while a world runs. */
  readonly secret?: string;
  /** An X.509 certificate (PEM, the public part) whose key signs its client assertions. */
  readonly certificate?: string;
  /** What it may do: application permissions, and the scopes users have consented to. Default: all a mail client needs. */
  readonly roles?: readonly string[];
  /** It may sign users in without proving who it is (device code, refresh tokens). */
  readonly publicClient?: boolean;
}
