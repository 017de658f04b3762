import { classifyGraph } from '../errors/classify-graph.ts';
import { classifyNetwork } from '../errors/classify-network.ts';
import { type GraphAnswer, readGraphError } from '../errors/graph-answer.ts';
import type { TokenRequest } from '../oauth/token-source.ts';
import type { Crowd } from './crowd.ts';
import type { GraphClientOptions } from './graph-access.ts';
import type { GraphClient, GraphReply, GraphRequest } from './graph-client.ts';
import { GraphFailure } from './graph-failure.ts';
import type { GraphSurroundings } from './graph-surroundings.ts';
import type { Hold } from './hold.ts';
import { neverConnected } from './never-connected.ts';
import { BodyTooLong, readBody } from './read-body.ts';
import { retryAfterMs } from './retry-after.ts';
import { Silence } from './silence.ts';
import type { Turnstile } from './turnstile.ts';

/** What a mailbox shares with others: turns to be taken, in this order, and waits. */
export interface SharedLimits {
  readonly turns: readonly Turnstile[];
  readonly mailbox: Hold;
  readonly app: Hold;
  readonly crowd: Crowd;
  /** Where its token may go. */
  readonly origin: string;
}

/** A GET whose connection is lost is asked so often in all. Ours. */
const triesOfLost = 3;
/** A request that is put off is asked so often in all, when the waits are short. Ours. */
const triesOfThrottled = 4;
/** The pause before a lost GET is asked again, times 1 to 2. Ours. */
const lostPauseMs = 500;
/** After `signal` aborts, what may have a lasting effect still has so long to be answered. */
const abortGraceMs = 5_000;

type Failed = { readonly failure: GraphFailure; readonly again?: 'renewed' | 'throttled' | 'lost' };

export class RequestingClient implements GraphClient {
  readonly #around: GraphSurroundings;
  readonly #given: GraphClientOptions;
  readonly #limits: SharedLimits;
  readonly #origin: string;

  constructor(around: GraphSurroundings, given: GraphClientOptions, limits: SharedLimits) {
    this.#around = around;
    this.#given = given;
    this.#limits = limits;
    this.#origin = limits.origin;
  }

  async request(request: GraphRequest): Promise<GraphReply> {
    const { tokens } = this.#around;
    const url = this.#urlOf(request);
    const tries = { renewed: 2, throttled: triesOfThrottled, lost: triesOfLost };
    for (;;) {
      const token = request.preAuthenticated === true ? undefined : await tokens.token(this.#tokenRequest());
      await this.#enter(request.phase);
      let result: GraphReply | Failed;
      try {
        result = await this.#ask(url, request, token);
      } finally {
        for (const turn of this.#limits.turns) turn.leave();
      }
      if (!('failure' in result)) return result;
      const { failure, again } = result;
      if (token !== undefined && this.#isOfAnother(failure)) tokens.refused(this.#tokenRequest(), token);
      if (again === undefined) throw failure;
      tries[again] -= 1;
      if (tries[again] === 0) throw again === 'throttled' ? this.#putOff(failure) : failure;
      if (again === 'renewed' && token !== undefined) tokens.refused(this.#tokenRequest(), token);
      if (again === 'throttled' && this.#heldMs() > this.#given.settings.throttleWaitWithinCycleMs)
        throw this.#putOff(failure);
      if (again === 'lost') await this.#pause(lostPauseMs * (1 + this.#chance('graph.lost')), request.phase);
    }
  }

  /**
   * The token of a user who may not enter this mailbox: whose consent it comes of is in the token, so that another
   * consent is seen at the next question. An application's token is left alone: other mailboxes share it.
   */
  #isOfAnother({ classified }: GraphFailure): boolean {
    const { mechanism } = this.#given.mailbox.credential;
    return classified.code === 'graph-access-denied' && mechanism === 'refresh-token';
  }

  #urlOf({ path, preAuthenticated, phase }: GraphRequest): string {
    const { profile, mailbox } = this.#given;
    if (path.startsWith('/'))
      return `${profile.graph.baseUrl}/users/${encodeURIComponent(mailbox.credential.username)}${path}`;
    // A token goes to the one host it is for.
    if (preAuthenticated === true || path.startsWith(`${this.#origin}/`)) return path;
    throw new GraphFailure(
      {
        class: 'transient',
        code: 'graph-link-foreign',
        text: `The server gave a link to another host than ${this.#origin}; it was not followed.`,
        phase,
        scope: 'service',
      },
      { sent: 'no' },
    );
  }

  #tokenRequest(): TokenRequest {
    const { profile, mailbox, secret, signal } = this.#given;
    return { profile, mailbox, secret, signal };
  }

  /** Waits for its turn and through a short told wait. Rejects when the wait is long, or the cycle ends. */
  async #enter(phase: string): Promise<void> {
    const { signal, settings } = this.#given;
    const { turns } = this.#limits;
    for (;;) {
      const heldMs = this.#heldMs();
      if (heldMs > settings.throttleWaitWithinCycleMs) throw this.#heldBack(heldMs, phase);
      if (heldMs > 0) await this.#pause(heldMs, phase);
      if (signal.aborted) throw aborted(phase, 'no');
      let entered = 0;
      for (const turn of turns) {
        const way = turn.enter(signal);
        if (way !== true && !(await way)) break;
        entered += 1;
      }
      if (entered === turns.length && this.#heldMs() === 0) return;
      for (const turn of turns.slice(0, entered)) turn.leave();
    }
  }

  #heldMs(): number {
    const now = this.#around.clock.now();
    return Math.max(this.#limits.mailbox.remainingMs(now), this.#limits.app.remainingMs(now));
  }

  async #ask(url: string, request: GraphRequest, token: string | undefined): Promise<GraphReply | Failed> {
    const { clock, connector } = this.#around;
    const { profile, signal } = this.#given;
    const { method = 'GET', phase, maximumBytes = Number.POSITIVE_INFINITY } = request;
    const startedAt = clock.now();
    const silence = new Silence({
      clock,
      afterMs: profile.timeoutMailboxConnectionAfterMs,
      signal,
      graceMs: method === 'GET' ? 0 : abortGraceMs,
    });
    let status: number | undefined;
    try {
      const response = await connector.fetch(url, this.#init(request, token, silence.signal), profile.graph);
      ({ status } = response);
      silence.heard();
      const body = await readBody(response, maximumBytes, () => silence.heard());
      if (status >= 200 && status < 300) {
        this.#limits.mailbox.served(startedAt);
        this.#limits.app.served(startedAt);
        this.#limits.crowd.served();
        return replyOf(status, response.headers, body, phase);
      }
      const told = retryAfterMs(response.headers, clock.now());
      return this.#judged({ status, ...readGraphError(body), retryAfterMs: told }, request, startedAt);
    } catch (error) {
      if (error instanceof BodyTooLong) return tooLong(error, request, status);
      return lost(error, request, status, silence.why);
    } finally {
      silence.end();
    }
  }

  #init(request: GraphRequest, token: string | undefined, signal: AbortSignal): RequestInit {
    const { method = 'GET', prefer, json, bytes, contentType } = request;
    const headers: Record<string, string> = {
      accept: request.accept ?? 'application/json',
      ...request.headers,
    };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (prefer !== undefined && prefer.length > 0) headers.prefer = prefer.join(', ');
    if (json !== undefined) headers['content-type'] = 'application/json';
    else if (contentType !== undefined) headers['content-type'] = contentType;
    // Bytes are never of shared memory, which is all that the wider type allows beside.
    const body = json === undefined ? (bytes as Uint8Array<ArrayBuffer> | undefined) : JSON.stringify(json);
    return { method, headers, redirect: 'manual', signal, ...(body !== undefined && { body }) };
  }

  #judged(answer: GraphAnswer, { phase, method = 'GET' }: GraphRequest, startedAt: number): Failed {
    const { holds, ...classified } = classifyGraph(answer, phase);
    const { status, code: graphCode } = answer;
    if (holds !== undefined) {
      const { clock } = this.#around;
      const told = {
        startedAt,
        now: clock.now(),
        toldMs: answer.retryAfterMs,
        settings: this.#given.settings,
        chance: this.#chance('graph.wait'),
      };
      this.#limits[holds].refused(told);
      const nameless = holds === 'mailbox' && !/mailbox/i.test(answer.message);
      if (nameless && this.#limits.crowd.refused(this.#given.mailbox.id)) this.#limits.app.refused(told);
    }
    const sent =
      status === 401 || status === 429 ? 'no' : status >= 500 || status === 408 ? 'unknown' : 'refused';
    const failure = new GraphFailure(classified, {
      sent: classified.class === 'throttled' && sent === 'refused' ? 'no' : sent,
      status,
      graphCode: graphCode === '' ? undefined : graphCode,
    });
    if (holds !== undefined && (failure.sent === 'no' || method === 'GET')) {
      // One that told no time is for the schedule, whose waits are long.
      return answer.retryAfterMs === undefined
        ? { failure: this.#putOff(failure) }
        : { failure, again: 'throttled' };
    }
    return status === 401 ? { failure, again: 'renewed' } : { failure };
  }

  /** The same failure, telling how long everybody has to stay away. */
  #putOff(failure: GraphFailure): GraphFailure {
    const heldMs = this.#heldMs();
    const { sent, status, graphCode, classified } = failure;
    return heldMs === 0
      ? failure
      : new GraphFailure({ ...classified, retryAfterMs: heldMs }, { sent, status, graphCode });
  }

  #heldBack(heldMs: number, phase: string): GraphFailure {
    return new GraphFailure(
      {
        class: 'throttled',
        code: 'graph-held',
        text: `The server asked for a wait that lasts another ${Math.ceil(heldMs / 1_000)} s; nothing was asked`,
        retryAfterMs: heldMs,
        phase,
        scope: 'service',
      },
      { sent: 'no' },
    );
  }

  #pause(forMs: number, phase: string): Promise<void> {
    const { clock } = this.#around;
    const { signal } = this.#given;
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      }, forMs);
      const giveUp = (): void => {
        clock.clearTimeout(timer);
        reject(aborted(phase, 'no'));
      };
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #chance(site: string): number {
    return this.#around.random.float(site, this.#given.mailbox.id);
  }
}

function replyOf(status: number, headers: Headers, body: Uint8Array, phase: string): GraphReply {
  return {
    status,
    headers,
    bytes: () => body,
    json: () => {
      if (body.length === 0) return undefined;
      try {
        return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
      } catch (cause) {
        const text = 'The reply is no JSON although it should be';
        throw new GraphFailure(
          { class: 'transient', code: 'graph-garbled', text, phase, scope: 'service' },
          { sent: 'unknown', status },
          { cause },
        );
      }
    },
  };
}

function tooLong(error: BodyTooLong, { phase }: GraphRequest, status: number | undefined): Failed {
  return {
    failure: new GraphFailure(
      { class: 'item-permanent', code: 'graph-too-large', text: error.message, phase, scope: 'message' },
      { sent: 'unknown', status },
      { cause: error },
    ),
  };
}

function aborted(phase: string, sent: 'no' | 'unknown', status?: number): GraphFailure {
  const text = `The engine ended the cycle (${phase})`;
  return new GraphFailure(
    { class: 'transient', code: 'cycle-aborted', text, phase, scope: 'service' },
    { sent, status },
  );
}

/** No reply, or not all of it: `why` says whether it was we who gave up. */
function lost(
  error: unknown,
  { phase, method = 'GET' }: GraphRequest,
  status: number | undefined,
  why: 'silent' | 'aborted' | undefined,
): Failed {
  if (why === 'aborted') return { failure: aborted(phase, 'unknown', status) };
  if (why === 'silent') {
    const text = `The server did not answer in time (${phase})`;
    return {
      failure: new GraphFailure(
        { class: 'transient', code: 'connection-silent', text, phase, scope: 'service' },
        { sent: 'unknown', status },
      ),
    };
  }
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const classified = { ...classifyNetwork(cause, phase), scope: 'service' as const };
  const unsent = status === undefined && neverConnected(cause);
  const failure = new GraphFailure(classified, { sent: unsent ? 'no' : 'unknown', status }, { cause });
  return method === 'GET' && classified.code === 'connection-lost' ? { failure, again: 'lost' } : { failure };
}
