import type { Entropy } from '../entropy/entropy.ts';
import type { Consent } from './refresh-tokens.ts';
import { TokenRefusal } from './token-refusal.ts';

/** A sign-in that waits for its user to approve it somewhere else (RFC 8628). */
interface Waiting {
  readonly clientId: string;
  readonly userCode: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
  nextPollMs: number;
  answer: { readonly user: string } | 'declined' | undefined;
}

/** Both documented: learn.microsoft.com entra/identity-platform/v2-oauth2-device-code. */
const lifetimeMs = 900_000;
const intervalMs = 5_000;

/** Entra leaves out letters that are easily taken for another (I). */
const letters = 'BCDFGHJKLMNPQRSTVWXYZ23456789';

export interface DeviceSignIn {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** The device codes of one tenant. */
export class DeviceCodes {
  readonly #entropy: Entropy;
  readonly #waiting = new Map<string, Waiting>();

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  begin(clientId: string, scopes: readonly string[], nowMs: number): DeviceSignIn {
    const deviceCode = `D${this.#entropy.bytes(60, 'oauth.device-code', clientId).toString('base64url')}`;
    const userCode = [...this.#entropy.bytes(9, 'oauth.user-code', clientId)]
      .map((byte) => letters[byte % letters.length])
      .join('');
    this.#waiting.set(deviceCode, {
      clientId,
      userCode,
      scopes,
      expiresAtMs: nowMs + lifetimeMs,
      nextPollMs: nowMs,
      answer: undefined,
    });
    return {
      deviceCode,
      userCode,
      expiresInSeconds: lifetimeMs / 1000,
      intervalSeconds: intervalMs / 1000,
    };
  }

  /** The user typed the code in and agreed, or did not. Throws when no sign-in waits under that code. */
  answer(userCode: string, answer: { readonly user: string } | 'declined'): void {
    const waiting = [...this.#waiting.values()].find((one) => one.userCode === userCode);
    if (waiting === undefined)
      throw new Error(
        `No sign-in waits under the user code ${userCode}: use one that /devicecode has given.`,
      );
    waiting.answer = answer;
  }

  /** The client asks again. `slow_down` when it asks too soon (RFC 8628 3.5). Throws `TokenRefusal`. */
  poll(deviceCode: string, clientId: string, nowMs: number): Consent | 'slow-down' {
    const waiting = this.#waiting.get(deviceCode);
    if (waiting === undefined || waiting.clientId !== clientId) throw new TokenRefusal(70018);
    if (nowMs >= waiting.expiresAtMs) throw new TokenRefusal(70019);
    const { answer, scopes } = waiting;
    if (answer === 'declined') throw new TokenRefusal(65004);
    if (answer !== undefined) return { clientId, user: answer.user, scopes };
    const tooSoon = nowMs < waiting.nextPollMs;
    waiting.nextPollMs = nowMs + intervalMs;
    if (tooSoon) return 'slow-down';
    throw new TokenRefusal(70016);
  }

  /** The sign-in is done; its code is worth nothing any more. */
  finish(deviceCode: string): void {
    this.#waiting.delete(deviceCode);
  }
}
