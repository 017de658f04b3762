import type { Credential } from '../mailbox/mail-host.ts';

/** What a client proved, or why not even that can be said. */
export type Proof = { readonly login: string; readonly credential: Credential } | 'malformed';

/** One SASL mechanism, seen from the server. */
export interface Mechanism {
  readonly name: 'PLAIN' | 'LOGIN' | 'XOAUTH2' | 'OAUTHBEARER';
  /** Sent in order, base64 encoded, one for each response that is still missing. `` is an empty challenge. */
  readonly prompts: readonly string[];
  /** Reads the responses, already decoded from base64. */
  read(responses: readonly string[]): Proof;
}
