import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import type { AppSpec } from './app-spec.ts';

/** What a mail client needs: application permissions of Graph, and the scopes of the same names users consent to. */
export const defaultRoles: readonly string[] = [
  'Mail.ReadWrite',
  'Mail.Send',
  'MailboxSettings.ReadWrite',
  'Calendars.ReadWrite',
  'Contacts.ReadWrite',
  'Tasks.ReadWrite',
  'User.Read.All',
  'IMAP.AccessAsApp',
  'POP.AccessAsApp',
  'SMTP.SendAsApp',
];

interface Secret {
  readonly text: string;
  expiresAtMs: number;
}

/** An application as its tenant knows it, with all that an administrator can do to it while a world runs. */
export class RegisteredApp implements AppSpec {
  readonly clientId: string;
  readonly roles: readonly string[];
  readonly publicClient: boolean;
  /** Nobody gets a token for it (AADSTS7000112). */
  disabled = false;
  /** The tenant does not know it (AADSTS700016). */
  removed = false;
  readonly #secrets: Secret[] = [];
  readonly #certificates: X509Certificate[] = [];
  #certificate: string | undefined;

  constructor(spec: AppSpec) {
    this.clientId = spec.clientId;
    this.roles = spec.roles ?? defaultRoles;
    this.publicClient = spec.publicClient ?? false;
    if (spec.secret !== undefined) this.addSecret(spec.secret);
    if (spec.certificate !== undefined) this.addCertificate(spec.certificate);
  }

  /** The secret that was added last. */
  get secret(): string | undefined {
    return this.#secrets.at(-1)?.text;
  }

  get certificate(): string | undefined {
    return this.#certificate;
  }

  get certificates(): readonly X509Certificate[] {
    return this.#certificates;
  }

  /** One more secret is good, as when an administrator rotates it; until `expiresAtMs` (ms since the epoch), if given. */
  addSecret(text: string, expiresAtMs = Number.POSITIVE_INFINITY): void {
    this.#secrets.push({ text, expiresAtMs });
  }

  /** The secret is refused as expired (AADSTS7000222) from `atMs` on. */
  expireSecret(text: string, atMs: number): void {
    for (const secret of this.#secrets) if (secret.text === text) secret.expiresAtMs = atMs;
  }

  /** The secret is refused as wrong (AADSTS7000215) from now on. */
  removeSecret(text: string): void {
    const at = this.#secrets.findIndex((secret) => secret.text === text);
    if (at >= 0) this.#secrets.splice(at, 1);
  }

  addCertificate(pem: string): void {
    this.#certificates.push(new X509Certificate(pem));
    this.#certificate = pem;
  }

  judgeSecret(text: string, nowMs: number): 'good' | 'wrong' | 'expired' {
    const secret = this.#secrets.find((known) => same(known.text, text));
    if (secret === undefined) return 'wrong';
    return nowMs >= secret.expiresAtMs ? 'expired' : 'good';
  }
}

function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
