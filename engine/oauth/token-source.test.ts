/**
 * Policy: one credential has one token and one refresher, whoever asks; it is renewed before it expires, a refusal is
 * believed only after the secret was read again, and no request leaves before a told time. Nothing secret is in an error.
 */
import { describe, expect, it } from 'vitest';
import { SyncError } from '../errors/engine-error.ts';
import type { Mailbox } from '../records/mailbox.ts';
import { aMailbox, anExchangeProfile } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { openTokenSource } from './open-token-source.ts';
import type { TokenRequest } from './token-source.ts';

type Answer = (form: URLSearchParams) => Response | Promise<Response>;

const refusal = (status: number, error: string, code: number): Response =>
  Response.json(
    { error, error_description: `AADSTS${code}: no.\r\nTrace ID: x`, error_codes: [code] },
    { status },
  );

function stage(mechanism: 'client-secret' | 'refresh-token' = 'client-secret') {
  const clock = new ManualClock();
  const asked: URLSearchParams[] = [];
  const urls: string[] = [];
  const kept: string[] = [];
  const signals: AbortSignal[] = [];
  let issued = 0;
  const granted: Answer = () => {
    issued += 1;
    return Response.json({
      token_type: 'Bearer',
      expires_in: 3599,
      access_token: `token-${issued}`,
      ...(mechanism === 'refresh-token' ? { refresh_token: `refresh-${issued}` } : {}),
    });
  };
  const state = { secret: 'hunter2', answer: granted };
  const tokens = openTokenSource({
    clock,
    connector: {
      fetch: async (url, init) => {
        urls.push(url);
        const form = new URLSearchParams(String(init.body));
        asked.push(form);
        return new Promise((resolve, reject) => {
          if (init.signal) signals.push(init.signal);
          init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
          Promise.resolve(form).then(state.answer).then(resolve, reject);
        });
      },
    },
    keepRefreshToken: async (_mailbox: Mailbox, token: string) => void kept.push(token),
  });
  const credential = { username: 'anna@example.test', secret: 'the-app', mechanism };
  const requestOf = (id: string, signal = new AbortController().signal): TokenRequest => ({
    profile: anExchangeProfile(),
    mailbox: aMailbox(id, { credential }),
    secret: async () => state.secret,
    signal,
  });
  const token = (id = 'a', signal?: AbortSignal) => tokens.token(requestOf(id, signal));
  const failure = async (id = 'a', signal?: AbortSignal) => {
    const error = await token(id, signal).then(
      (text) => expect.fail(`a token came: ${text}`),
      (reason: unknown) => reason,
    );
    if (!(error instanceof SyncError)) throw error;
    expect(JSON.stringify([error.classified, error.message, String(error.cause)])).not.toContain('hunter2');
    return error.classified;
  };
  return { signals, clock, asked, urls, kept, state, granted, tokens, requestOf, token, failure };
}

describe('one credential', () => {
  it('has one token for all who ask at once, and later', async () => {
    const { token, asked, urls } = stage();
    const all = await Promise.all(Array.from({ length: 50 }, (_, n) => token(`m${n}`)));
    expect(new Set([...all, await token()])).toEqual(new Set(['token-1']));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.get('client_secret')).toBe('hunter2');
    expect(asked[0]?.get('scope')).toBe('https://graph.test/.default');
    expect(urls[0]).toMatch(/^https:\/\/login\.test\/[^/]+\/oauth2\/v2\.0\/token(\?|$)/);
  });

  it('is renewed five minutes before its token expires', async () => {
    const { token, clock } = stage();
    await token();
    await clock.advance(3_599_000 - 300_001);
    expect(await token()).toBe('token-1');
    await clock.advance(1);
    expect(await token()).toBe('token-2');
  });

  it('uses a token to its last minute where it cannot be renewed', async () => {
    const { token, failure, clock, state, asked } = stage();
    await token();
    state.answer = () => new Response('', { status: 503 });
    await clock.advance(3_599_000 - 300_000);
    expect(await token()).toBe('token-1');
    expect(await token()).toBe('token-1');
    expect(asked).toHaveLength(2);
    await clock.advance(240_000);
    expect(await failure()).toMatchObject({ class: 'transient', code: 'oauth-service-unwell' });
  });

  it('is renewed once for any number of 401s to one token', async () => {
    const { token, tokens, requestOf, asked } = stage();
    const first = await token();
    tokens.refused(requestOf('a'), first);
    tokens.refused(requestOf('b'), first);
    expect(await Promise.all([token('a'), token('b')])).toEqual(['token-2', 'token-2']);
    tokens.refused(requestOf('c'), first);
    expect(await token('c')).toBe('token-2');
    expect(asked).toHaveLength(2);
  });
});

describe('a refusal', () => {
  it.each([
    [401, 'invalid_client', 7000222, 'auth-dead'],
    [401, 'invalid_client', 7000215, 'auth-maybe'],
    [400, 'unauthorized_client', 700016, 'auth-maybe'],
    [400, 'invalid_scope', 70011, 'config'],
  ])('%s %s %s is %s, and is not asked for again at once', async (status, error, code, errorClass) => {
    const { failure, state, asked, clock } = stage();
    state.answer = () => refusal(status, error, code);
    expect((await failure()).class).toBe(errorClass);
    expect((await failure('b')).class).toBe(errorClass);
    expect(asked).toHaveLength(1);
    await clock.advance(60_000);
    await failure();
    expect(asked).toHaveLength(2);
  });

  it('is forgotten as soon as there is another secret', async () => {
    const { failure, token, state, granted } = stage();
    state.answer = () => refusal(401, 'invalid_client', 7000222);
    await failure();
    state.secret = 'another';
    state.answer = granted;
    expect(await token()).toBe('token-1');
  });

  it('that comes of a secret replaced in the middle is no refusal', async () => {
    const { token, state, granted, asked } = stage();
    state.answer = (form) => {
      state.secret = 'another';
      return form.get('client_secret') === 'another'
        ? granted(form)
        : refusal(401, 'invalid_client', 7000222);
    };
    expect(await token()).toBe('token-1');
    expect(asked.map((form) => form.get('client_secret'))).toEqual(['hunter2', 'another']);
  });
});

describe('a refresh token', () => {
  it('is followed by the newest one, which is handed on to be kept', async () => {
    const { token, clock, asked, kept } = stage('refresh-token');
    for (let n = 0; n < 3; n += 1) {
      await token();
      await clock.advance(3_599_000);
    }
    expect(asked.map((form) => form.get('refresh_token'))).toEqual(['hunter2', 'refresh-1', 'refresh-2']);
    expect(asked[0]?.get('client_secret')).toBeNull();
    expect(kept).toEqual(['refresh-1', 'refresh-2', 'refresh-3']);
  });

  it('that somebody else has spent is not a dead credential: what is kept is read again first', async () => {
    const { token, clock, state, granted } = stage('refresh-token');
    await token();
    await clock.advance(3_599_000);
    state.answer = (form) =>
      form.get('refresh_token') === 'refresh-1' ? refusal(400, 'invalid_grant', 50173) : granted(form);
    expect(await token()).toBe('token-2');
  });

  it('that is refused however it is read is dead', async () => {
    const { token, clock, state, failure, asked } = stage('refresh-token');
    await token();
    await clock.advance(3_599_000);
    state.answer = () => refusal(400, 'invalid_grant', 50173);
    expect(await failure()).toMatchObject({ class: 'auth-dead', code: 'oauth-grant-revoked' });
    expect(asked.map((form) => form.get('refresh_token'))).toEqual(['hunter2', 'refresh-1', 'hunter2']);
  });
});

describe('trouble on the way', () => {
  it('is a told wait that is kept, for every mailbox of the application', async () => {
    const { failure, token, state, granted, asked, clock } = stage();
    state.answer = () => new Response('Too Many Requests', { status: 429, headers: { 'Retry-After': '60' } });
    expect(await failure()).toMatchObject({ class: 'throttled', retryAfterMs: 60_000 });
    state.answer = granted;
    await clock.advance(20_000);
    expect(await failure('b')).toMatchObject({ class: 'throttled', retryAfterMs: 40_000 });
    await clock.advance(39_999);
    expect((await failure('b')).retryAfterMs).toBe(1);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(await token('b')).toBe('token-1');
  });

  it('is tried once more where the connection is lost', async () => {
    const { token, state, granted, asked } = stage();
    state.answer = (form) => {
      if (asked.length > 1) return granted(form);
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('gone'), { code: 'ECONNRESET' }),
      });
    };
    expect(await token()).toBe('token-1');
  });

  it.each([
    ['ECONNREFUSED', 'transient', 'connection-refused'],
    ['ENOTFOUND', 'transient', 'host-not-found'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'config', 'certificate-refused'],
  ])('%s is %s', async (code, errorClass, name) => {
    const { failure, state } = stage();
    state.answer = () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('failed'), { code }) });
    };
    expect(await failure()).toMatchObject({ class: errorClass, code: name });
  });

  it.each([
    ['HTML', () => new Response('<html>hunter2</html>')],
    ['JSON that is cut off', () => new Response('{"access_token":"hunter2')],
    ['JSON without a token', () => Response.json({ expires_in: 3599 })],
    ['an echo', () => new Response('you sent hunter2', { status: 403 })],
    ['no words at all', () => new Response('')],
  ])('is %s in place of a token', async (_, answer) => {
    const { failure, state } = stage();
    state.answer = answer;
    expect(await failure()).toMatchObject({ class: 'transient', code: 'oauth-answer-unknown' });
  });

  it('is silence, which has its limit', async () => {
    const { failure, state, clock } = stage();
    state.answer = () => new Promise(() => {});
    const failed = failure();
    await clock.advance(100_000);
    expect(await failed).toMatchObject({ class: 'transient', code: 'connection-silent' });
  });
});

describe('whoever no longer waits', () => {
  it('takes nothing from those who do', async () => {
    const { token, failure, state, granted, clock, asked } = stage();
    let answer: (() => void) | undefined;
    state.answer = (form) =>
      new Promise((resolve) => {
        answer = () => resolve(granted(form));
      });
    const leaving = new AbortController();
    const left = failure('a', leaving.signal);
    const stays = token('b');
    await clock.advance(0);
    leaving.abort();
    expect(await left).toMatchObject({ code: 'cycle-aborted' });
    answer?.();
    expect(await stays).toBe('token-1');
    expect(asked).toHaveLength(1);
  });

  it('ends the question when nobody is left, and the next one asks anew', async () => {
    const { token, failure, state, granted, clock, signals } = stage();
    state.answer = () => new Promise(() => {});
    const leaving = new AbortController();
    const left = failure('a', leaving.signal);
    await clock.advance(0);
    leaving.abort();
    expect((await left).code).toBe('cycle-aborted');
    expect(signals[0]?.aborted).toBe(true);
    state.answer = granted;
    expect(await token('b')).toBe('token-1');
  });
});
