import type { Protocol } from '../trace/event.ts';

/**
 * Where in a conversation something happens. The same words for every protocol; `command` says which exchange.
 *
 * connect    a client asks for a connection            (network; nothing was sent yet)
 * banner     the server is about to greet
 * tls        a TLS handshake is about to start          (implicit, STLS or STARTTLS)
 * command    a command line was read, nothing was done
 * reply      the command was carried out; the first line of its reply is about to be written
 * body       inside a multi-line reply or an upload     (POP3 RETR/TOP/LIST/UIDL; SMTP message data)
 * commit     a lasting effect is about to happen        (POP3 QUIT with deletes; SMTP final dot, command DATA)
 * committed  the lasting effect happened, its reply is not yet written
 */
export type Phase = 'connect' | 'banner' | 'tls' | 'command' | 'reply' | 'body' | 'commit' | 'committed';

/** One place where a server asks whether a rule or a limiter has something to say. */
export interface Site {
  readonly protocol: Protocol;
  readonly phase: Phase;
  /** Upper case verb: `RETR`, `AUTH`, `DATA`, `UID FETCH`. Absent at connect and banner. */
  readonly command?: string | undefined;
  /** The argument of the command, already redacted. */
  readonly argument?: string | undefined;
  /** Address of the authenticated mailbox, once known. */
  readonly mailbox?: string | undefined;
  readonly connection: string;
  /** Which connection of this listener it is, counted from 1. */
  readonly ordinal: number;
}

/** The data of a rule, as it stands in a scenario. Times are milliseconds since the world began. */
export interface Rule {
  readonly id: string;
  readonly where: {
    readonly protocol?: Protocol;
    /** Default: the usual phase of the fault, see `what/`. */
    readonly phase?: Phase;
    readonly command?: string;
    readonly mailbox?: string;
    /** The nth connection of the listener, or a range of them. */
    readonly connection?: number | { readonly from: number; readonly to: number };
    readonly argument?: string;
  };
  readonly when?: {
    /** The nth match, or matches `from`..`to`, counted from 1. */
    readonly hits?: number | { readonly from: number; readonly to: number };
    readonly everyNth?: number;
    readonly fromMs?: number;
    readonly untilMs?: number;
    /** 0..1, drawn by name under the world's seed. */
    readonly chance?: number;
  };
  readonly what: Action;
  /** Default: at least once, any number. */
  readonly expect?: { readonly atLeast?: number; readonly atMost?: number };
}

/** A time given as one number, or as a distribution drawn by name. */
export type DelaySpec =
  | number
  | { readonly p50Ms: number; readonly p99Ms: number }
  | { readonly fromMs: number; readonly toMs: number };

/** One fault. Each kind is one file in `what/`, which documents it. */
export type Action =
  | { readonly kind: 'delay'; readonly delayMs: DelaySpec }
  | { readonly kind: 'hang' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'close' }
  /** The peer vanishes: nothing more arrives in either direction, and nobody is told. */
  | { readonly kind: 'half-open' }
  /** Say this line instead of doing the command. Without CRLF. `close` ends the connection after it. */
  | { readonly kind: 'reply'; readonly text: string; readonly close?: boolean }
  /** The reply or upload breaks off after so many bytes, or after a share 0..1 of it. */
  | {
      readonly kind: 'cut';
      readonly afterBytes?: number;
      readonly afterShare?: number;
      readonly end?: 'reset' | 'close' | 'half-open';
    }
  /** The effect happens, its reply is lost. Use with phase `committed` (the default place it fires). */
  | { readonly kind: 'commit-then-drop'; readonly end?: 'reset' | 'close' | 'half-open' }
  | { readonly kind: 'duplicate-reply' }
  | { readonly kind: 'corrupt'; readonly bytes: number }
  | { readonly kind: 'garbage'; readonly text: string }
  /** A number the server reports is wrong by `delta` (STAT, LIST, SIZE, EXISTS, OCTETS). */
  | { readonly kind: 'lie'; readonly field: string; readonly delta: number }
  /** Identity goes wrong: UIDL entries missing, doubled, changed; UIDs re-issued. */
  | {
      readonly kind: 'flip';
      readonly field: string;
      readonly how: 'missing' | 'doubled' | 'changed' | 'renumbered';
    }
  /** Writes leave in packets of at most so many bytes, for the rest of the connection. */
  | { readonly kind: 'slice'; readonly maxBytes: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** The system under test dies here (a world provides the way; over TCP it is refused as bad input). */
  | { readonly kind: 'kill' }
  | { readonly kind: 'tls'; readonly fault: 'expired' | 'wrong-name' | 'stall' | 'refuse' };

/** What all rules that fired at a site add up to; the server that asked carries it out. */
export interface Intervention {
  /** Ids of the rules that fired, in the order of the rule book. Never empty. */
  readonly rules: readonly string[];
  /** Wait this long first. */
  readonly delayMs: number;
  /** Then do these, in order. */
  readonly actions: readonly Exclude<Action, { kind: 'delay' }>[];
}

export interface RuleBook {
  /** False when no rule can fire any more: servers may skip building sites. */
  readonly active: boolean;
  /** Asks every rule; counts matches and firings. Undefined when none fired. */
  at(site: Site): Intervention | undefined;
  /** From here on no rule fires (the healing phase). */
  heal(): void;
  /** How often each rule matched and fired, and whether that is what it expected. */
  ledger(): readonly RuleCount[];
  /** Why each rule did not apply to the last `n` sites, for people debugging a scenario. */
  explain(): readonly string[];
}

export interface RuleCount {
  readonly rule: string;
  readonly matched: number;
  readonly fired: number;
  readonly asExpected: boolean;
}
