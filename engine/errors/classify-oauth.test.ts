/**
 * Policy: every refusal of the corpus gets exactly the class, code and wait it is labelled with. A limit, an outage or
 * somebody else's answer never disables a mailbox; what an administrator just changed is believed only when it stays.
 * No token and no secret gets into a text.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyOAuth } from './classify-oauth.ts';
import { type OAuthCorpusLine, oauthCorpus } from './corpus-oauth.ts';
import { type OAuthAnswer, readOAuthError } from './oauth-answer.ts';
import { findOAuthRule, oauthRules } from './rules-oauth.ts';

const answer = ({ status, body, retryAfterMs }: OAuthCorpusLine): OAuthAnswer => ({
  status,
  ...readOAuthError(body),
  retryAfterMs,
});

describe('the corpus', () => {
  it.each(oauthCorpus.map((line) => [line.from, line.status, line.body, line] as const))(
    '%s: %s %s',
    (_from, _status, _body, line) => {
      const { class: errorClass, code, retryAfterMs } = classifyOAuth(answer(line));
      expect({ class: errorClass, code, retryAfterMs }).toEqual({
        class: line.class,
        code: line.code,
        retryAfterMs: line.waitMs,
      });
    },
  );

  it('exercises every rule, so that none is there for nothing', () => {
    const used = new Set(oauthCorpus.map((line) => findOAuthRule(answer(line))));
    expect(oauthRules.filter((rule) => !used.has(rule))).toEqual([]);
  });
});

it('disables nobody for an answer of the service itself', () => {
  fc.assert(
    fc.property(fc.integer({ min: 500, max: 504 }), fc.string(), (status, body) => {
      const { class: errorClass } = classifyOAuth({ status, ...readOAuthError(body) });
      return errorClass === 'transient' || errorClass === 'throttled';
    }),
  );
});

it('keeps tokens and secrets out of its text, and ids of one request', () => {
  const echoed =
    'AADSTS50027: eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln and client_secret=hunter2 and refresh_token: 1.Axyz';
  const body = JSON.stringify({ error: 'invalid_client', error_description: `${echoed}\r\nTrace ID: 1` });
  const { text } = classifyOAuth({ status: 401, ...readOAuthError(body) });
  expect(text).toBe(
    'The token endpoint answered HTTP 401 invalid_client: AADSTS50027: [token] and client_secret=[secret] and refresh_token: [secret]',
  );
});
