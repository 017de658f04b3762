import type { X509Certificate } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { RegisteredApp } from './registered-app.ts';
import { TokenRefusal } from './token-refusal.ts';

export interface AssertionContext {
  readonly app: RegisteredApp;
  /** What it may be addressed to: the token endpoint, or the issuer. */
  readonly audiences: readonly string[];
  readonly nowMs: number;
}

/** Clocks may differ by so much (ours; Entra's tolerance is not published). */
const skewSeconds = 300;

/**
 * Verifies a client assertion (RFC 7523 3; learn.microsoft.com entra/identity-platform/certificate-credentials): signed
 * with RS256 or PS256 by a certificate of the application, for us, in its time. An assertion may be used again while
 * it lives, as Microsoft's own libraries do. Throws `TokenRefusal`.
 */
export function verifyAssertion(assertion: string, { app, audiences, nowMs }: AssertionContext): void {
  const decoded = jwt.decode(assertion, { complete: true });
  if (decoded === null || typeof decoded.payload === 'string')
    throw new TokenRefusal(50027, { reason: 'not a JWT' });
  const { header, payload } = decoded;
  if (payload.sub !== app.clientId || payload.iss !== app.clientId) throw new TokenRefusal(700021);
  if (!audiences.includes(String(payload.aud))) throw new TokenRefusal(700023);
  if (payload.exp === undefined || payload.jti === undefined)
    throw new TokenRefusal(50027, { reason: 'exp and jti are required' });
  const certificate = app.certificates.find((known) => names(header, known) && inItsTime(known, nowMs));
  if (certificate === undefined) throw new TokenRefusal(700027, { app: app.clientId });
  try {
    jwt.verify(assertion, certificate.publicKey, {
      algorithms: ['RS256', 'PS256'],
      clockTimestamp: Math.floor(nowMs / 1000),
      clockTolerance: skewSeconds,
    });
  } catch (error) {
    const outOfTime = error instanceof jwt.TokenExpiredError || error instanceof jwt.NotBeforeError;
    throw outOfTime ? new TokenRefusal(700024) : new TokenRefusal(700027, { app: app.clientId });
  }
}

/** RFC 7515 4.1.7 and 4.1.8: the certificate's thumbprint is in the header. */
function names(header: jwt.JwtHeader, { fingerprint, fingerprint256 }: X509Certificate): boolean {
  const bytes = (hex: string): string => Buffer.from(hex.replaceAll(':', ''), 'hex').toString('base64url');
  return header.x5t === bytes(fingerprint) || header['x5t#S256'] === bytes(fingerprint256);
}

function inItsTime({ validFrom, validTo }: X509Certificate, nowMs: number): boolean {
  return Date.parse(validFrom) - skewSeconds * 1000 <= nowMs && nowMs <= Date.parse(validTo);
}
