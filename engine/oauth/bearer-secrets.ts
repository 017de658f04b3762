import type { ErrorClass } from '../errors/error-class.ts';
import type { Mailbox, Workload } from '../records/mailbox.ts';
import type { TokenRequest, TokenSource } from './token-source.ts';

/** What one cycle's sign-in may need. */
export interface BearerRequest {
  readonly mailbox: Mailbox;
  readonly workload: Workload;
  readonly silenceMs: number;
  /** Reads what the credential names: the secret itself, or what a token is had for. */
  readonly read: () => Promise<string>;
  readonly signal: AbortSignal;
}

interface Given {
  readonly request: TokenRequest;
  readonly token: string;
}

const exchange = 'https://outlook.office365.com';

/**
 * The secrets of POP3 and SMTP logins: where a credential says how to get a token, a token from the same source that
 * Graph has; else what was read. A token a server refused is not given out again.
 */
export class BearerSecrets {
  readonly #tokens: TokenSource;
  readonly #given = new Map<string, Given>();

  constructor(tokens: TokenSource) {
    this.#tokens = tokens;
  }

  /** Rejects as `TokenSource.token` does, or as `read`. */
  async secret({ mailbox, workload, silenceMs, read, signal }: BearerRequest): Promise<string> {
    const { credential } = mailbox;
    const { oauth } = credential;
    if (oauth === undefined) return read();
    const { authority, clientId, grant, resource = exchange, ca } = oauth;
    const request: TokenRequest = {
      profile: {
        graph: { baseUrl: resource, authority, clientId, ca },
        timeoutMailboxConnectionAfterMs: silenceMs,
      },
      mailbox: { ...mailbox, credential: { ...credential, mechanism: grant } },
      secret: read,
      signal,
    };
    const token = await this.#tokens.token(request);
    this.#given.set(`${mailbox.id}\n${workload}`, { request, token });
    return token;
  }

  /** A cycle ended; where it was refused at sign-in, its token may be what was wrong. */
  ended(mailboxId: string, workload: Workload, errorClass: ErrorClass | undefined): void {
    const key = `${mailboxId}\n${workload}`;
    const given = this.#given.get(key);
    if (given === undefined) return;
    this.#given.delete(key);
    if (errorClass === 'auth-maybe' || errorClass === 'auth-dead')
      this.#tokens.refused(given.request, given.token);
  }
}
