import type { Mailbox } from '../mailbox/mailbox.ts';
import type { AccessToken } from '../oauth/token-authority.ts';
import type { GraphExchange, ServiceExchange } from './graph-exchange.ts';
import type { GraphService } from './graph-service.ts';

/** Application roles and delegated scopes that mail operations ask for. */
export type GraphRole =
  | 'Mail.ReadBasic'
  | 'Mail.Read'
  | 'Mail.ReadWrite'
  | 'Mail.Send'
  | 'MailboxSettings.Read'
  | 'MailboxSettings.ReadWrite';

interface RouteFacts {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /**
   * Segments as they follow the route's prefix: `/messages/:id/$value`. `:name` is one segment, decoded. Fixed segments
   * match in any case, and win over names.
   */
  readonly path: string;
  /** How rules, limits, traces and the coverage table call it: `GET /messages/{id}/$value`. */
  readonly operation: string;
  /** `lasting` asks rules at `commit` before and at `committed` after it is carried out. Default `none`. */
  readonly effect?: 'none' | 'lasting';
  /** What the coverage table says of it, and who documents it. */
  readonly note?: string;
}

/** An operation on one user's mailbox: below `/v1.0/me` or `/v1.0/users/{id or upn}`. */
export interface MailboxRoute extends RouteFacts {
  readonly scope?: 'mailbox';
  readonly needs: GraphRole;
  handle(exchange: GraphExchange): GraphReply | Promise<GraphReply>;
}

/** An operation below `/v1.0` that names no user. */
export interface ServiceRoute extends RouteFacts {
  readonly scope: 'service';
  /** Absent: any good token. */
  readonly needs?: GraphRole;
  handle(exchange: ServiceExchange): GraphReply | Promise<GraphReply>;
}

/** A URL that carries its own permission, as upload sessions do: a path from the root of the host, and no token. */
export interface OpenRoute extends RouteFacts {
  readonly scope: 'open';
  readonly needs?: undefined;
  /** Whom the URL was given to, for which mailbox: limits count what comes in by it as theirs. */
  owner?(
    service: GraphService,
    params: Readonly<Record<string, string>>,
  ): { readonly token: AccessToken; readonly mailbox: Mailbox } | undefined;
  handle(exchange: ServiceExchange): GraphReply | Promise<GraphReply>;
}

export type GraphRoute = MailboxRoute | ServiceRoute | OpenRoute;

/** A reply before the frame adds the headers every reply has. Errors are thrown, see `GraphError`. */
export interface GraphReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as JSON that is rendered already; bytes need a `Content-Type` header. */
  readonly body?: object | string | Uint8Array | undefined;
}
