import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The key tokens are signed with, and how its public half is published (RFC 7517). */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: Readonly<Record<string, string>>;
}

let made: SigningKey | undefined;

/**
 * One RSA 2048 key for this process, made when first asked for: a key in the repository would be a secret in it. Traces
 * stay the same all the same: no token enters them, and all that is derived from the key has the same length each time.
 */
export function signingKey(): SigningKey {
  made ??= make();
  return made;
}

function make(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha1')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url');
  return { kid, privateKey, publicKey, jwk: { kty: 'RSA', use: 'sig', kid, x5t: kid, n, e } };
}
