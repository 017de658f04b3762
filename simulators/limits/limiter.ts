import type { Phase, Site } from '../rules/rule.ts';
import type { Protocol } from '../trace/event.ts';

/** What a request costs. A limiter counts one of these. */
export interface Cost {
  readonly connections?: number;
  readonly logins?: number;
  readonly commands?: number;
  readonly messages?: number;
  readonly recipients?: number;
  readonly externalRecipients?: number;
  /** Addresses, so that a limiter can count unique ones. */
  readonly recipientAddresses?: readonly string[];
  readonly bytes?: number;
  readonly headerBytes?: number;
}
export type Unit = Exclude<keyof Cost, 'recipientAddresses'> | 'uniqueRecipients';

/** `D` documented, `D-src` read in source, `D-RFC` by standard, `R` reported, `I` inferred, `ours` our own choice. */
export type Confidence = 'D' | 'D-src' | 'D-RFC' | 'R' | 'I' | 'ours';

export type Window =
  | { readonly kind: 'fixed'; readonly periodMs: number }
  | { readonly kind: 'sliding'; readonly periodMs: number }
  /** A bucket of `limit` tokens, full at first. */
  | { readonly kind: 'token-bucket'; readonly refillPerSecond: number }
  /** Counts what is open at one time: connections, from the moment they are accepted or authenticated. */
  | { readonly kind: 'concurrency'; readonly from: 'connected' | 'authenticated' }
  /** Bounds a single request: recipients per message, bytes per message, messages per connection. */
  | { readonly kind: 'per-request' }
  | { readonly kind: 'per-connection' };

export type KeyPart = 'world' | 'tenant' | 'account' | 'ip' | 'connection' | 'app';

export interface LimiterDefinition {
  readonly id: string;
  readonly protocol: Protocol;
  readonly unit: Unit;
  readonly limit: number;
  readonly window: Window;
  readonly key: readonly KeyPart[];
  /** Where the answer is given. EXO counts connections at login and complains after the final dot. */
  readonly judgedAt: { readonly phase: Phase; readonly command?: string };
  readonly breach: BreachDefinition;
  /** Requests refused by this limiter count towards it, so that a client that hammers never recovers. */
  readonly refusedCount?: boolean;
  /** Off unless a scenario or a switch turns it on. */
  readonly enabled?: boolean;
  readonly confidence: Confidence;
  readonly source: string;
  readonly note?: string;
}

export type BreachDefinition =
  /** A whole reply, its lines parted by line feeds. Placeholders: see `expand-reply.ts`. */
  | {
      readonly action: 'reject';
      readonly reply: string;
      readonly close?: boolean;
      /**
       * What the client is told to wait (`{s}`, `{ms}`) where the window knows no time, ms; until then every request
       * of this key is refused again.
       */
      readonly retryAfterMs?: number;
    }
  /** Served, but only when the window has room again. */
  | { readonly action: 'delay' }
  | { readonly action: 'silent-close' }
  /** Served, and the connection closes afterwards: answers to the request that fills the limit, not to one beyond. */
  | { readonly action: 'close-after' }
  | { readonly action: 'ok-with-marker'; readonly marker: string }
  | { readonly action: 'login-ok-then-dead'; readonly reply: string }
  | { readonly action: 'deferred-bounce'; readonly reply: string };

export interface Breach {
  readonly limiter: string;
  readonly action: BreachDefinition;
  /** Virtual time at which the same request would be let through; undefined when waiting does not help. */
  readonly retryAtMs?: number | undefined;
}

/** One connection, as limiters see it. */
export interface LimitSession {
  readonly protocol: Protocol;
  readonly connection: string;
  readonly ip: string;
  account?: string | undefined;
  tenant?: string | undefined;
  app?: string | undefined;
}

export interface Limits {
  opened(session: LimitSession): void;
  /** The session's `account` is set; concurrency limits that count from login start to hold it. */
  authenticated(session: LimitSession): void;
  closed(session: LimitSession): void;
  /**
   * The request meets every limiter judged at this site; the first that is full answers. Otherwise all count it, and
   * so they do when the answer serves the request all the same (marker, late bounce, closing afterwards).
   */
  meet(session: LimitSession, site: Site, cost: Cost): Breach | undefined;
}
