import type { Entropy } from '../entropy/entropy.ts';
import { TokenRefusal } from './token-refusal.ts';

/** What a user agreed to: this application acts for them. */
export interface Consent {
  readonly clientId: string;
  /** The user's mailbox address, lower case. */
  readonly user: string;
  readonly scopes: readonly string[];
}

interface Issued extends Consent {
  readonly issuedAtMs: number;
  usedAtMs: number;
  revoked: boolean;
}

const inactiveAfterMs = 90 * 86_400_000;

/**
 * The refresh tokens of one tenant. Each redemption gives a new one; the old one stays good, as Entra's usually do, so
 * that a client that lost the reply can ask again.
 */
export class RefreshTokens {
  readonly #entropy: Entropy;
  readonly #issued = new Map<string, Issued>();

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  issue(consent: Consent, nowMs: number): string {
    const drawn = this.#entropy.bytes(72, 'oauth.refresh-token', consent.user);
    const text = `1.A${drawn.toString('base64url')}`;
    this.#issued.set(text, { ...consent, issuedAtMs: nowMs, usedAtMs: nowMs, revoked: false });
    return text;
  }

  /** The consent behind a token. Throws `TokenRefusal` when it is not one of ours, dead, or somebody else's. */
  look(text: string, clientId: string, nowMs: number): Consent {
    const issued = this.#issued.get(text);
    if (issued === undefined || issued.clientId !== clientId) throw new TokenRefusal(9002313);
    if (issued.revoked) throw new TokenRefusal(50173);
    if (nowMs - issued.usedAtMs > inactiveAfterMs)
      throw new TokenRefusal(700082, { issued: new Date(issued.issuedAtMs).toISOString() });
    return issued;
  }

  /** Whose it is, dead or alive; undefined when it is none of ours. */
  userOf(text: string): string | undefined {
    return this.#issued.get(text)?.user;
  }

  /** It was traded for new ones; it dies of inactivity only. */
  used(text: string, nowMs: number): void {
    const issued = this.#issued.get(text);
    if (issued !== undefined) issued.usedAtMs = nowMs;
  }

  /** Refuses from now on every token issued so far that `matches` (AADSTS50173). */
  revoke(matches: (consent: Consent, text: string) => boolean): void {
    for (const [text, issued] of this.#issued) if (matches(issued, text)) issued.revoked = true;
  }
}
