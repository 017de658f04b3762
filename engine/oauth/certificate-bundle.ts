import { createPrivateKey, X509Certificate } from 'node:crypto';
import { SyncError } from '../errors/engine-error.ts';

/** What a client assertion is made with. */
export interface ClientCertificate {
  /** Hex. */
  readonly thumbprintSha256: string;
  /** PEM. */
  readonly privateKey: string;
}

/** Takes a PEM bundle apart: an RSA private key and its certificate, in any order. Throws `SyncError` (`config`). */
export function certificateBundle(pem: string): ClientCertificate {
  const key = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]*?-----END (?:RSA )?PRIVATE KEY-----/.exec(pem)?.[0];
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(pem)?.[0];
  if (key === undefined || certificate === undefined)
    throw unusable('it holds no unencrypted private key, or no certificate');
  try {
    const parsed = new X509Certificate(certificate);
    if (!parsed.checkPrivateKey(createPrivateKey(key)))
      throw unusable('the private key is not that of the certificate');
    return { thumbprintSha256: parsed.fingerprint256.replaceAll(':', ''), privateKey: key };
  } catch (error) {
    // The cause is left out: errors of a parser may show what they could not parse.
    throw error instanceof SyncError ? error : unusable('it cannot be read');
  }
}

function unusable(why: string): SyncError {
  return new SyncError({
    class: 'config',
    code: 'oauth-certificate-unusable',
    text: `The secret of this credential is no PEM bundle of a private key and a certificate: ${why}.`,
    phase: 'token',
  });
}
