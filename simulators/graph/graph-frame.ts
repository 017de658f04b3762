import { sleep } from '../clock/clock.ts';
import { finishReply } from '../http/finish-reply.ts';
import { HttpGate, type Word } from '../http/http-gate.ts';
import type { HttpArrival, HttpHandler } from '../http/http-handler.ts';
import { fetchFailed } from '../http/lost-connection.ts';
import type { Cost, LimitSession } from '../limits/limiter.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { drawDelay } from '../network/latency.ts';
import type { AccessToken } from '../oauth/token-authority.ts';
import { joined } from '../rules/outcome.ts';
import type { Phase, Site } from '../rules/rule.ts';
import { accessDenied, authorized, challenge, mailboxFor, mayDo } from './access.ts';
import { type GraphAnswer, literalAnswer } from './graph-answer.ts';
import { type GraphAsk, readAsk } from './graph-ask.ts';
import { GraphError } from './graph-error.ts';
import type { GraphExchange } from './graph-exchange.ts';
import type { GraphReply, GraphRoute } from './graph-route.ts';
import type { GraphService } from './graph-service.ts';
import { type Located, locate } from './located.ts';
import { parsePrefer } from './prefer.ts';
import { redactArgument } from './redact-argument.ts';
import { RouteTable } from './route-table.ts';
import { type ExchangeIds, errorBody, standardHeaders } from './standard-headers.ts';

type Scope = Located['scope'];

/** What is known of an exchange before anything is decided about it. */
interface Opened {
  readonly ask: GraphAsk;
  readonly arrival: HttpArrival;
  readonly ids: ExchangeIds;
  readonly located: Located;
  readonly route: GraphRoute;
  readonly params: Readonly<Record<string, string>>;
  readonly token: AccessToken | undefined;
  readonly mailbox: Mailbox | undefined;
  readonly limited: LimitSession;
  readonly argument: string;
  readonly onAnswered: ((heard: boolean) => void)[];
}

const uploads = new Set(['POST', 'PATCH', 'PUT']);

/**
 * The way of every request through the service: find the operation, ask the rules, believe the token, ask the limits,
 * carry it out, and let rules bend the reply. Parts of a batch go the same way, one by one.
 */
export class GraphFrame {
  readonly #service: GraphService;
  readonly #authorityUrl: string;
  readonly #gate: HttpGate;
  readonly #tables: ReadonlyMap<Scope, RouteTable<GraphRoute>>;
  #byThemselves = 0;

  constructor(service: GraphService, routes: readonly GraphRoute[], authorityUrl: string) {
    this.#service = service;
    this.#authorityUrl = authorityUrl;
    this.#gate = new HttpGate(service.context);
    const scopes: readonly Scope[] = ['mailbox', 'service', 'open'];
    this.#tables = new Map(
      scopes.map((scope) => [
        scope,
        new RouteTable(routes.filter((route) => (route.scope ?? 'mailbox') === scope)),
      ]),
    );
  }

  readonly handle: HttpHandler = async (request, given) => {
    const { context, profile } = this.#service;
    const { clock, entropy } = context;
    const arrival = given ?? this.#byItself();
    const ask = await readAsk(request);
    const ids = this.#service.newIds(ask.headers);
    const answer = await this.answer(ask, arrival, ids);
    const headers = { ...standardHeaders(ids, profile.diagnostic), ...answer.headers };
    if (answer.close === true) headers.Connection = 'close';
    const { body } = answer;
    if (body === undefined) Reflect.deleteProperty(headers, 'Content-Type');
    return finishReply(
      {
        status: answer.status,
        headers,
        body: typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body,
      },
      {
        head: answer.head,
        body: answer.onBody,
        wire: arrival.wire,
        connection: arrival.connection,
        signal: ask.signal,
        clock,
        entropy,
      },
    );
  };

  /** Everything but the way out. Rejects where a rule ends the connection; a part of a batch takes the batch with it. */
  async answer(ask: GraphAsk, arrival: HttpArrival, ids: ExchangeIds): Promise<GraphAnswer> {
    try {
      return await this.#decide(ask, arrival, ids);
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      return this.#refused(error, ids);
    }
  }

  async #decide(ask: GraphAsk, arrival: HttpArrival, ids: ExchangeIds): Promise<GraphAnswer> {
    const located = locate(ask.url.pathname);
    const match = this.#tables.get(located.scope)?.match(ask.method, located.segments);
    if (match === undefined || match === 'other-method') {
      this.#tell('command', arrival, `${ask.method} (unknown)`, undefined, redactArgument(located.rest));
      const answer = this.#refused(unknown(match, located), ids);
      this.#tellReply(arrival, `${ask.method} (unknown)`, undefined, answer);
      return answer;
    }
    const { route, params } = match;
    const entry = this.#enter(ask, located, route, params);
    const mailbox = entry.mailbox;
    const opened: Opened = {
      ...{ ask, arrival, ids, located, route, params, mailbox },
      token: entry.token,
      limited: {
        protocol: 'graph',
        connection: arrival.connection,
        ip: arrival.ip,
        account: mailbox?.address,
        tenant: entry.token?.tenant,
        app: entry.token?.appId,
      },
      argument: redactArgument(located.rest + ask.url.search),
      onAnswered: [],
    };
    this.#tell('command', arrival, route.operation, mailbox, opened.argument);
    const answer = await this.#through(opened, entry.refusal);
    this.#tellReply(arrival, route.operation, mailbox, answer);
    return answer;
  }

  /** Who asks, for whom; and the refusal that is due, once rules had their say. */
  #enter(
    ask: GraphAsk,
    { user }: Located,
    route: GraphRoute,
    params: Readonly<Record<string, string>>,
  ): { token?: AccessToken; mailbox?: Mailbox | undefined; refusal?: GraphError } {
    if (route.scope === 'open') return route.owner?.(this.#service, params) ?? {};
    const { authority, context } = this.#service;
    const byId = (id: string): Mailbox | undefined => this.#service.userById(id);
    // Rules may be about a mailbox whoever asks for it.
    let mailbox = user === undefined || user === 'me' ? undefined : (context.mail.find(user) ?? byId(user));
    let token: AccessToken | undefined;
    try {
      token = authorized(ask.headers.get('authorization'), authority, this.#authorityUrl);
      if (user !== undefined) mailbox = mailboxFor(user, token, context.mail, byId);
      if (!mayDo(token, route.needs)) throw accessDenied();
      return { token, mailbox };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      return { ...(token && { token }), mailbox, refusal: error };
    }
  }

  async #through(opened: Opened, refusal: GraphError | undefined): Promise<GraphAnswer> {
    const { ask, ids, limited, route, mailbox } = opened;
    const { context, profile } = this.#service;
    const spoken = await this.#ask(opened, 'command');
    if (spoken?.say !== undefined) return this.#said(spoken, ids);
    if (refusal !== undefined) return this.#refused(refusal, ids);
    const full = await this.#gate.meet(limited, siteOf(opened, 'command'), costOf(ask));
    if (full?.say !== undefined) return this.#said(full, ids);
    if (route.scope !== 'open' && ask.bytes.length > profile.maxRequestBytes)
      return this.#refused(
        new GraphError(413, 'RequestEntityTooLarge', 'The request is larger than the service takes.'),
        ids,
      );
    context.limits.authenticated(limited);
    try {
      const { serviceTimeMs } = profile;
      if (serviceTimeMs !== 0) {
        const subject = mailbox?.address ?? this.#service.host;
        await sleep(context.clock, drawDelay(serviceTimeMs, context.entropy, 'graph.service-time', subject));
      }
      const answer = await (route.effect === 'lasting'
        ? this.#effect(opened, spoken)
        : this.#read(opened, spoken));
      return full?.close === true ? { ...answer, close: true } : answer;
    } finally {
      context.limits.closed(limited);
    }
  }

  /** Nothing happens that lasts: what rules want of the reply is known before it is made. */
  async #read(opened: Opened, before: Word | undefined): Promise<GraphAnswer> {
    const onReply = await this.#ask(opened, 'reply');
    if (onReply?.say !== undefined) return this.#said(onReply, opened.ids);
    const onBody = await this.#ask(opened, 'body');
    if (onBody?.say !== undefined) return this.#said(onBody, opened.ids);
    const manner = joined(joined(before?.manner, onReply?.manner), onBody?.manner);
    const answer = await this.#operate(opened, manner);
    return { ...answer, head: joined(before?.manner, onReply?.manner), onBody: onBody?.manner };
  }

  async #effect(opened: Opened, before: Word | undefined): Promise<GraphAnswer> {
    const atCommit = await this.#ask(opened, 'commit');
    if (atCommit?.say !== undefined) return this.#said(atCommit, opened.ids);
    const answer = await this.#operate(opened, joined(before?.manner, atCommit?.manner));
    let head = joined(before?.manner, atCommit?.manner);
    for (const phase of ['committed', 'reply', 'body'] as const) {
      if (phase === 'committed' && answer.status >= 400) continue;
      const word = await this.#ask(opened, phase);
      if (word?.say !== undefined) return this.#said(word, opened.ids);
      if (phase === 'body') {
        const heard = head?.cut === undefined && head?.garbage === undefined;
        for (const listener of opened.onAnswered) listener(heard);
        return { ...answer, head, onBody: word?.manner };
      }
      head = joined(head, word?.manner);
    }
    return answer;
  }

  /** Carries the operation out; its errors are replies too. */
  async #operate(opened: Opened, manner: Word['manner']): Promise<GraphAnswer> {
    const { route, ids } = opened;
    try {
      const exchange = this.#exchange(opened, manner);
      // A mailbox route is reached through a path that names a user, and `#enter` refused all without a mailbox.
      const reply: GraphReply | Promise<GraphReply> = route.handle(exchange as GraphExchange);
      const { status, headers = {}, body } = reply instanceof Promise ? await reply : reply;
      return { status, headers, body };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      return this.#refused(error, ids);
    }
  }

  #exchange(
    opened: Opened,
    manner: Word['manner'],
  ): Omit<GraphExchange, 'token' | 'mailbox'> & {
    token: AccessToken | undefined;
    mailbox: Mailbox | undefined;
  } {
    const { ask, arrival, ids, located, params, token, mailbox, limited } = opened;
    const service = this.#service;
    return {
      context: service.context,
      service,
      token,
      mailbox,
      get items() {
        if (mailbox === undefined) throw new Error(`${opened.route.operation} names no mailbox.`);
        return service.items(mailbox);
      },
      params,
      url: ask.url,
      get query() {
        return ask.url.searchParams;
      },
      prefer: parsePrefer(ask.headers.get('prefer')),
      headers: ask.headers,
      nowMs: ids.nowMs,
      base: ask.url.origin + located.prefix,
      arrival,
      signal: ask.signal,
      json: () => parsed(ask.bytes),
      bytes: () => ask.bytes,
      limited,
      site: (phase) => siteOf(opened, phase),
      meet: (phase, cost) => this.#gate.meet(limited, siteOf(opened, phase), cost),
      onAnswered: (listener) => void opened.onAnswered.push(listener),
      answerPart: (part) => this.#part(part, arrival),
      manner,
    };
  }

  async #part(ask: GraphAsk, arrival: HttpArrival): Promise<GraphAnswer & { readonly ids: ExchangeIds }> {
    const ids = this.#service.newIds(ask.headers);
    return { ...(await this.answer(ask, arrival, ids)), ids };
  }

  #ask(opened: Opened, phase: Phase): Promise<Word | undefined> | undefined {
    if (!this.#gate.active) return undefined;
    return this.#gate.ask(siteOf(opened, phase), opened.arrival.wire, opened.ask.signal);
  }

  #said({ say, close = false }: Word, ids: ExchangeIds): GraphAnswer {
    if (say === undefined) throw fetchFailed('UND_ERR', 'nothing was said');
    return this.#challenged(literalAnswer(say, ids, close));
  }

  #refused({ status, code, message, headers }: GraphError, ids: ExchangeIds): GraphAnswer {
    return this.#challenged({ status, code, headers, body: errorBody(code, message, ids) });
  }

  /** RFC 9110 section 15.5.2: a 401 always says how to come back. */
  #challenged(answer: GraphAnswer): GraphAnswer {
    if (answer.status !== 401 || 'WWW-Authenticate' in answer.headers) return answer;
    return { ...answer, headers: { ...answer.headers, 'WWW-Authenticate': challenge(this.#authorityUrl) } };
  }

  #tell(
    kind: 'command',
    { connection }: HttpArrival,
    command: string,
    mailbox: Mailbox | undefined,
    argument: string,
  ): void {
    const { trace } = this.#service.context;
    trace.emit({ kind, protocol: 'graph', connection, mailbox: mailbox?.address, command, argument });
  }

  #tellReply(
    { connection }: HttpArrival,
    command: string,
    mailbox: Mailbox | undefined,
    { status, code, body }: GraphAnswer,
  ): void {
    this.#service.context.trace.emit({
      kind: 'reply',
      protocol: 'graph',
      connection,
      mailbox: mailbox?.address,
      command,
      text: code === undefined ? String(status) : `${status} ${code}`,
      sizeBytes: typeof body === 'string' || body instanceof Uint8Array ? body.length : 0,
    });
  }

  /** The connection of a request that came without one. */
  #byItself(): HttpArrival {
    this.#byThemselves += 1;
    const ordinal = this.#byThemselves;
    return { connection: `graph-request#${ordinal}`, ordinal, ip: '127.0.0.1', encrypted: true, wire: {} };
  }
}

function siteOf({ arrival, route, argument, mailbox }: Opened, phase: Phase): Site {
  return {
    protocol: 'graph',
    phase,
    command: route.operation,
    argument,
    mailbox: mailbox?.address,
    connection: arrival.connection,
    ordinal: arrival.ordinal,
  };
}

function costOf({ method, bytes }: GraphAsk): Cost {
  // One request, one place among those served at one time, and what it uploads.
  return { commands: 1, connections: 1, ...(uploads.has(method) && { bytes: bytes.length }) };
}

function unknown(match: 'other-method' | undefined, { segments, scope }: Located): GraphError {
  if (match === 'other-method')
    return new GraphError(
      405,
      'Request_BadRequest',
      'Specified HTTP method is not allowed for the request target.',
    );
  if (scope === 'open') return new GraphError(400, 'BadRequest', 'Invalid version.');
  return new GraphError(400, 'BadRequest', `Resource not found for the segment '${segments.at(-1) ?? ''}'.`);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch {
    throw new GraphError(
      400,
      'BadRequest',
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  }
}
