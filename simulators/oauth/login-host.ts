import { finishReply } from '../http/finish-reply.ts';
import { HttpGate } from '../http/http-gate.ts';
import type { HttpArrival, HttpHandler } from '../http/http-handler.ts';
import type { LiteralReply } from '../http/literal-reply.ts';
import type { LimitSession } from '../limits/limiter.ts';
import { joined, type Manner } from '../rules/outcome.ts';
import type { Phase, Site } from '../rules/rule.ts';
import type { ServerContext } from '../server-context.ts';
import { describeAsk } from './describe-ask.ts';
import { exchangeIds } from './exchange-ids.ts';
import { literalOAuthReply } from './literal-oauth-reply.ts';
import { oauthRoutes } from './oauth-routes.ts';
import type { TokenDesk } from './token-desk.ts';
import { type Judged, type OAuthAsk, TokenEndpoint } from './token-endpoint.ts';
import { TokenRefusal } from './token-refusal.ts';
import { type ExchangeIds, type OAuthReply, refusalReply } from './token-reply.ts';

const nowhere: HttpArrival = { connection: 'graph#0', ordinal: 1, ip: '127.0.0.1', encrypted: true };

/** One exchange on its way through the login host. */
interface Exchange {
  readonly ids: ExchangeIds;
  readonly arrival: HttpArrival;
  readonly signal: AbortSignal;
  readonly site: Omit<Site, 'phase'>;
  /** What rules want of its reply. */
  manner: Manner | undefined;
  close: boolean;
}

const neverAborted = new AbortController().signal;

/**
 * The login host as a web server: the phases at which rules and limits have their say, the trace, and the headers of
 * every reply. Nothing secret of a request or a reply enters the trace: it has the kind of grant, the client id and the
 * number of a refusal.
 */
export class LoginHost {
  readonly #context: ServerContext;
  readonly #gate: HttpGate;
  readonly #desk: TokenDesk;
  readonly #endpoint: TokenEndpoint;
  readonly #host: string;

  constructor(context: ServerContext, desk: TokenDesk, host: string) {
    this.#context = context;
    this.#gate = new HttpGate(context);
    this.#desk = desk;
    this.#endpoint = new TokenEndpoint(desk, host);
    this.#host = host;
  }

  readonly handle: HttpHandler = async (request, arrival = nowhere) => {
    const { entropy, trace } = this.#context;
    const url = new URL(request.url);
    const form = request.method === 'POST' ? new URLSearchParams(await request.text()) : url.searchParams;
    const route = oauthRoutes.find(
      ({ method, path }) => method === request.method && path.test(url.pathname),
    );
    const { connection, ordinal } = arrival;
    const { argument, user } = describeAsk(form, route, this.#desk);
    const command = route?.operation ?? `${request.method} /`;
    const exchange: Exchange = {
      ids: exchangeIds(entropy, connection, givenId(request, url, form)),
      arrival,
      signal: request.signal ?? neverAborted,
      site: { protocol: 'graph', command, argument, mailbox: user, connection, ordinal },
      manner: undefined,
      close: false,
    };
    trace.emit({ kind: 'command', protocol: 'graph', connection, mailbox: user, command, argument });
    const reply = await this.#replyTo(exchange, route === undefined ? undefined : { route, url, form });
    return this.#leave(exchange, reply);
  };

  async #replyTo(exchange: Exchange, ask: OAuthAsk | undefined): Promise<OAuthReply> {
    const early = (await this.#ask(exchange, 'command')) ?? (await this.#meet(exchange, ask));
    if (early !== undefined) return this.#literal(exchange, early);
    const reply = await this.#answer(exchange, ask);
    const late = await this.#ask(exchange, 'reply');
    return late === undefined ? reply : this.#literal(exchange, late);
  }

  async #answer(exchange: Exchange, ask: OAuthAsk | undefined): Promise<OAuthReply> {
    if (ask === undefined) return { status: 404, headers: {}, body: '', summary: '404' };
    try {
      return await this.#carryOut(exchange, this.#endpoint.judge(ask));
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error;
      return refusalReply(error, exchange.ids, this.#context.clock, this.#host);
    }
  }

  async #carryOut(exchange: Exchange, judged: Judged): Promise<OAuthReply> {
    if (!judged.lasting) return judged.do();
    const before = await this.#ask(exchange, 'commit');
    if (before !== undefined) return this.#literal(exchange, before);
    const reply = judged.do();
    const after = await this.#ask(exchange, 'committed');
    return after === undefined ? reply : this.#literal(exchange, after);
  }

  /** What rules say in place of the server's own reply; they may also delay, end the connection, or mark the reply. */
  async #ask(exchange: Exchange, phase: Phase): Promise<LiteralReply | undefined> {
    if (!this.#gate.active) return undefined;
    const { arrival, signal, site } = exchange;
    const word = await this.#gate.ask({ ...site, phase }, arrival.wire, signal);
    if (word?.close === true) exchange.close = true;
    exchange.manner = joined(exchange.manner, word?.manner);
    return word?.say;
  }

  /**
   * Token requests count as logins. An application that asks in its own name is known to limits by its tenant, one that
   * asks for a user by the user's account: the two are throttled in different words.
   */
  async #meet({ site, arrival }: Exchange, ask: OAuthAsk | undefined): Promise<LiteralReply | undefined> {
    if (ask?.route.kind !== 'token') return undefined;
    const { connection, ip } = arrival;
    const app = ask.form.get('client_id') ?? undefined;
    const session: LimitSession = { protocol: 'graph', connection, ip, app };
    if (ask.form.get('grant_type') === 'client_credentials') session.tenant = this.#desk.tenant;
    else session.account = site.mailbox;
    const word = await this.#gate.meet(session, { ...site, phase: 'command' }, { logins: 1 });
    return word?.say;
  }

  #literal({ ids }: Exchange, literal: LiteralReply): OAuthReply {
    return literalOAuthReply(literal, ids, this.#context.clock, this.#host);
  }

  async #leave(exchange: Exchange, reply: OAuthReply): Promise<Response> {
    const { trace, clock, entropy } = this.#context;
    const { site, arrival, signal, ids } = exchange;
    const { protocol, connection, mailbox, command = '' } = site;
    const body = this.#gate.active
      ? (await this.#gate.ask({ ...site, phase: 'body' }, arrival.wire, signal))?.manner
      : undefined;
    const { status, summary } = reply;
    const sizeBytes = Buffer.byteLength(reply.body);
    trace.emit({ kind: 'reply', protocol, connection, mailbox, command, text: summary, sizeBytes });
    const headers = {
      ...standardHeaders(ids, clock.now()),
      ...reply.headers,
      ...(exchange.close ? { Connection: 'close' } : {}),
    };
    return finishReply(
      { status, headers, body: reply.body },
      { head: exchange.manner, body, wire: arrival.wire, connection, signal, clock, entropy },
    );
  }
}

function givenId(request: Request, url: URL, form: URLSearchParams): string | null {
  const name = 'client-request-id';
  return form.get(name) ?? url.searchParams.get(name) ?? request.headers.get(name);
}

/** What every reply carries, as captures show (R). */
function standardHeaders(ids: ExchangeIds, nowMs: number): Record<string, string> {
  return {
    'Cache-Control': 'no-store, no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'x-ms-request-id': ids.trace,
    'client-request-id': ids.correlation,
    'x-ms-ests-server': '2.1.0 - NEULR1 ProdSlices',
    Date: new Date(nowMs).toUTCString(),
  };
}
