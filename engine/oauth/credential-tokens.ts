import { createHash } from 'node:crypto';
import { classifyNetwork } from '../errors/classify-network.ts';
import { classifyOAuth } from '../errors/classify-oauth.ts';
import { SyncError } from '../errors/engine-error.ts';
import type { ClassifiedError } from '../errors/error-class.ts';
import type { OAuthAnswer } from '../errors/oauth-answer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connector } from '../ports/connector.ts';
import type { GraphMechanism, Mailbox } from '../records/mailbox.ts';
import { askForToken } from './ask-for-token.ts';
import { MsalNetwork } from './msal-network.ts';
import type { TokenRequest } from './token-source.ts';

export interface TokenSurroundings {
  readonly connector: Pick<Connector, 'fetch'>;
  readonly clock: Clock;
  /** Told of each new refresh token, for whoever keeps secrets; until then the old one is what a restart begins with. */
  readonly keepRefreshToken?: (mailbox: Mailbox, token: string) => Promise<void>;
}

/** Renewed so long before it expires, ms. */
const renewEarlyMs = 5 * 60_000;
/** A token that is still good for so long is used where its renewal does not work at the moment, ms. */
const leastLifeMs = 60_000;
/** A credential that was refused is not tried again sooner, unless it has changed meanwhile, ms. */
const refusedPauseMs = 60_000;

/** After other trouble, so that many mailboxes of one application ask once and not each, ms. */
const troublePauseMs = 15_000;

interface Held {
  readonly text: string;
  readonly expiresAtMs: number;
}

/** Why nobody asks before some time. */
interface Pause {
  readonly untilMs: number;
  readonly error: ClassifiedError;
  /** Digest of the secret that was refused: with another one it is worth asking at once. */
  readonly refused: string | undefined;
}

/** The token of one credential, and its one refresher. */
export class CredentialTokens {
  readonly #around: TokenSurroundings;
  #held: Held | undefined;
  #pause: Pause | undefined;
  #renewal: Promise<Held> | undefined;
  #waiting = 0;
  /** Ends the renewal that is under way, and forgets it. */
  #giveUp: () => void = nothing;
  /** The newest refresh token, and which secret it came from. */
  #newest: { readonly token: string; readonly from: string } | undefined;

  constructor(around: TokenSurroundings) {
    this.#around = around;
  }

  async token(request: TokenRequest): Promise<string> {
    const now = this.#around.clock.now();
    const held = this.#held;
    if (held !== undefined && now < held.expiresAtMs - renewEarlyMs) return held.text;
    try {
      return (await this.#renewed(request)).text;
    } catch (error) {
      const mayServe = error instanceof SyncError && !request.signal.aborted && this.#held === held;
      if (mayServe && held !== undefined && this.#around.clock.now() < held.expiresAtMs - leastLifeMs)
        return held.text;
      throw error;
    }
  }

  refused(token: string): void {
    if (this.#held?.text === token) this.#held = undefined;
  }

  /** Waits for the renewal that is under way, or begins one. It is given up only when nobody waits for it any more. */
  async #renewed(request: TokenRequest): Promise<Held> {
    const { signal } = request;
    if (signal.aborted) throw aborted();
    const renewal = this.#renewal ?? this.#begin(request);
    this.#waiting += 1;
    let onAbort = (): void => {};
    try {
      return await Promise.race([
        renewal,
        new Promise<never>((_, reject) => {
          onAbort = () => reject(aborted());
          signal.addEventListener('abort', onAbort);
        }),
      ]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#giveUp();
    }
  }

  #begin(request: TokenRequest): Promise<Held> {
    const ending = new AbortController();
    const renewal = this.#renew(request, ending.signal).finally(() => {
      if (this.#renewal === renewal) this.#giveUp();
    });
    // Whoever aborts is not there to hear of its end.
    renewal.catch(() => {});
    this.#renewal = renewal;
    this.#giveUp = () => {
      this.#renewal = undefined;
      this.#giveUp = nothing;
      ending.abort();
    };
    return renewal;
  }

  async #renew(request: TokenRequest, signal: AbortSignal): Promise<Held> {
    const read = await request.secret();
    const pause = this.#pause;
    const now = this.#around.clock.now();
    if (pause !== undefined && now < pause.untilMs && (pause.refused ?? digest(read)) === digest(read))
      throw new SyncError(stillPaused(pause, now));
    const held = await this.#ask(request, read, signal);
    this.#pause = undefined;
    this.#held = held;
    return held;
  }

  /**
   * Asks with what is there, and once more where a refusal may come of a race: another refresher has spent our refresh
   * token, or the secret was replaced after it had been read.
   */
  async #ask(request: TokenRequest, read: string, signal: AbortSignal): Promise<Held> {
    const newest = this.#newest?.from === digest(read) ? this.#newest.token : undefined;
    try {
      return await this.#askWith(request, read, newest ?? read, signal);
    } catch (error) {
      if (!isRefusal(error)) throw this.#noted(error, undefined);
      const again = await request.secret();
      const other = digest(again) !== digest(newest ?? read);
      if (!other) throw this.#noted(error, digest(read));
      this.#newest = undefined;
      try {
        return await this.#askWith(request, again, again, signal);
      } catch (second) {
        throw this.#noted(second, isRefusal(second) ? digest(again) : undefined);
      }
    }
  }

  /** One question, repeated once where its connection is lost: a token asked for twice does no harm. */
  async #askWith(request: TokenRequest, read: string, secret: string, signal: AbortSignal): Promise<Held> {
    try {
      return await this.#askOnce(request, read, secret, signal);
    } catch (error) {
      const lost = error instanceof SyncError && error.classified.code === 'connection-lost';
      if (!lost || signal.aborted) throw error;
      return this.#askOnce(request, read, secret, signal);
    }
  }

  async #askOnce(request: TokenRequest, read: string, secret: string, signal: AbortSignal): Promise<Held> {
    const { clock, connector } = this.#around;
    const { graph, timeoutMailboxConnectionAfterMs: silenceMs } = request.profile;
    const { authority, clientId, baseUrl, ca, allowInvalidCertificate } = graph;
    const askedAt = clock.now();
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const timer = clock.setTimeout(end, silenceMs);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const network = new MsalNetwork(
      (url, init) =>
        connector.fetch(url, { ...init, signal: ending.signal }, { ca, allowInvalidCertificate }),
      () => clock.now(),
    );
    try {
      const scope = `${new URL(baseUrl).origin}/.default`;
      const mechanism = mechanismOf(request.mailbox);
      const text = await askForToken({ authority, clientId, scope, mechanism, secret }, network);
      const { exchange } = network;
      if (text === undefined || exchange.kind !== 'granted') throw new Error('No token came.');
      if (exchange.refreshToken !== undefined) await this.#keep(request.mailbox, read, exchange.refreshToken);
      return { text, expiresAtMs: askedAt + exchange.expiresInSeconds * 1000 };
    } catch (error) {
      if (error instanceof SyncError) throw error;
      const { exchange } = network;
      if (exchange.kind === 'refused') throw new SyncError(classifyOAuth(without(secret, exchange.answer)));
      if (signal.aborted) throw aborted();
      if (ending.signal.aborted) throw silent(silenceMs);
      if (exchange.kind === 'lost') throw new SyncError(classifyNetwork(causeOf(exchange.cause), 'token'));
      // The library itself could make nothing of what it was given; what it says may quote it.
      throw unusable(authority);
    } finally {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  }

  async #keep(mailbox: Mailbox, read: string, token: string): Promise<void> {
    this.#newest = { token, from: digest(read) };
    try {
      await this.#around.keepRefreshToken?.(mailbox, token);
    } catch {
      // The access token is good, and so is the refresh token in memory; the old one serves after a restart.
    }
  }

  /** Remembers when it is worth asking again. */
  #noted(error: unknown, refused: string | undefined): unknown {
    if (!(error instanceof SyncError)) return error;
    const { classified } = error;
    if (classified.code === 'cycle-aborted') return error;
    const waitMs = refused === undefined ? (classified.retryAfterMs ?? troublePauseMs) : refusedPauseMs;
    this.#pause = { untilMs: this.#around.clock.now() + waitMs, error: classified, refused };
    return error;
  }
}

const nothing = (): void => {};

/** A server that echoes what it was sent must not bring the secret into an alert. */
function without(secret: string, answer: OAuthAnswer): OAuthAnswer {
  const clean = (text: string): string =>
    text.replaceAll(secret, '[secret]').replaceAll(encodeURIComponent(secret), '[secret]');
  return { ...answer, error: clean(answer.error), message: clean(answer.message) };
}

/** It is about the credential or the settings, so that with another secret it may be otherwise. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof SyncError)) return false;
  const { class: errorClass } = error.classified;
  return errorClass === 'auth-dead' || errorClass === 'auth-maybe' || errorClass === 'config';
}

function stillPaused({ error, untilMs }: Pause, now: number): ClassifiedError {
  return error.retryAfterMs === undefined ? error : { ...error, retryAfterMs: untilMs - now };
}

function mechanismOf({ credential }: Mailbox): GraphMechanism {
  const { mechanism } = credential;
  switch (mechanism) {
    case 'client-secret':
    case 'client-certificate':
    case 'refresh-token':
      return mechanism;
    default:
      throw new SyncError({
        class: 'config',
        code: 'credential-mechanism',
        text: `A credential of kind ${mechanism} gets no tokens; use client-secret, client-certificate or refresh-token.`,
        phase: 'token',
      });
  }
}

/** `fetch` hides what happened to the socket behind an error of its own. */
function causeOf(error: unknown): unknown {
  return error instanceof TypeError && error.cause !== undefined ? error.cause : error;
}

function silent(silenceMs: number): SyncError {
  return new SyncError({
    class: 'transient',
    code: 'connection-silent',
    text: `The token endpoint did not answer within ${silenceMs} ms.`,
    phase: 'token',
  });
}

function aborted(): SyncError {
  return new SyncError({
    class: 'transient',
    code: 'cycle-aborted',
    text: 'The cycle was ended before a token was there.',
    phase: 'token',
  });
}

function unusable(authority: string): SyncError {
  return new SyncError({
    class: 'config',
    code: 'oauth-settings-unusable',
    text: `No token can be asked for at ${authority} with these settings; check authority, client id and secret.`,
    phase: 'token',
  });
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}
