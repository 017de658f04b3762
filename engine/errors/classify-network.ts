import type { ClassifiedError } from './error-class.ts';

interface Verdict {
  readonly class: ClassifiedError['class'];
  readonly code: string;
}

const lost: Verdict = { class: 'transient', code: 'connection-lost' };
const unreachable: Verdict = { class: 'transient', code: 'server-unreachable' };
const untrusted: Verdict = { class: 'config', code: 'certificate-refused' };
const outOfDate: Verdict = { class: 'transient', code: 'certificate-expired' };

/**
 * What a failing connection means, by the code of Node's error. A name that does not resolve may be a mishap of DNS
 * and heals without anybody's hand, and so does a certificate its owner forgot to renew: both are transient, and
 * become permanent like everything else that does not pass. A certificate of somebody else is never believed.
 */
const verdicts: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: { class: 'transient', code: 'connection-refused' },
  ECONNRESET: lost,
  ECONNABORTED: lost,
  EPIPE: lost,
  ERR_STREAM_DESTROYED: lost,
  ERR_STREAM_WRITE_AFTER_END: lost,
  ETIMEDOUT: { class: 'transient', code: 'connection-timeout' },
  UND_ERR_CONNECT_TIMEOUT: { class: 'transient', code: 'connection-timeout' },
  ENOTFOUND: { class: 'transient', code: 'host-not-found' },
  EAI_AGAIN: { class: 'transient', code: 'host-not-found' },
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ENETDOWN: unreachable,
  EMFILE: { class: 'transient', code: 'out-of-sockets' },
  ENFILE: { class: 'transient', code: 'out-of-sockets' },
  EADDRNOTAVAIL: { class: 'transient', code: 'out-of-sockets' },
  CERT_HAS_EXPIRED: outOfDate,
  CERT_NOT_YET_VALID: outOfDate,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_REJECTED: untrusted,
  CERT_REVOKED: untrusted,
  INVALID_CA: untrusted,
  INVALID_PURPOSE: untrusted,
  HOSTNAME_MISMATCH: untrusted,
};

/** Classifies what a socket, a TLS handshake or a name lookup failed with. */
export function classifyNetwork(error: unknown, phase: string): ClassifiedError {
  const { code, text } = describe(error);
  const known = Object.hasOwn(verdicts, code) ? verdicts[code] : undefined;
  const verdict = known ?? fallback(code, phase);
  return { ...verdict, text: text.slice(0, 500), phase };
}

function fallback(code: string, phase: string): Verdict {
  const inHandshake = phase === 'tls' || code === 'EPROTO' || code.startsWith('ERR_SSL_');
  return inHandshake ? { class: 'transient', code: 'tls-failed' } : lost;
}

function describe(error: unknown): { code: string; text: string } {
  if (!(error instanceof Error)) return { code: '', text: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // A host with several addresses fails with one error for each: the first tells why.
  if (error instanceof AggregateError && error.message === '' && error.errors[0] instanceof Error) {
    return { code, text: error.errors[0].message };
  }
  return { code, text: error.message };
}
