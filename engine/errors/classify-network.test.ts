/**
 * Policy: what the network does passes, and never disables a mailbox at once; only a certificate of somebody else
 * does, since it would be wrong to go on.
 */
import { describe, expect, it } from 'vitest';
import { classifyNetwork } from './classify-network.ts';

const failed = (code: string): Error => Object.assign(new Error(`failed: ${code}`), { code });

describe('a failed connection', () => {
  it.each([
    ['ECONNREFUSED', 'transient', 'connection-refused'],
    ['ECONNRESET', 'transient', 'connection-lost'],
    ['EPIPE', 'transient', 'connection-lost'],
    ['ETIMEDOUT', 'transient', 'connection-timeout'],
    ['ENOTFOUND', 'transient', 'host-not-found'],
    ['EAI_AGAIN', 'transient', 'host-not-found'],
    ['EHOSTUNREACH', 'transient', 'server-unreachable'],
    ['EMFILE', 'transient', 'out-of-sockets'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'transient', 'tls-failed'],
    ['EPROTO', 'transient', 'tls-failed'],
    ['CERT_HAS_EXPIRED', 'transient', 'certificate-expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'config', 'certificate-refused'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'config', 'certificate-refused'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'config', 'certificate-refused'],
    ['toString', 'transient', 'connection-lost'],
  ])('%s is %s, %s', (node, errorClass, code) => {
    expect(classifyNetwork(failed(node), 'connect')).toEqual({
      class: errorClass,
      code,
      text: `failed: ${node}`,
      phase: 'connect',
    });
  });

  it('with one error for each address tells the first', () => {
    const all = Object.assign(new AggregateError([failed('ECONNREFUSED'), failed('EHOSTUNREACH')], ''), {
      code: 'ECONNREFUSED',
    });
    expect(classifyNetwork(all, 'connect')).toMatchObject({
      code: 'connection-refused',
      text: 'failed: ECONNREFUSED',
    });
  });

  it('takes whatever was thrown', () => {
    expect(classifyNetwork('gone', 'retr')).toMatchObject({
      class: 'transient',
      text: 'gone',
      phase: 'retr',
    });
  });
});
