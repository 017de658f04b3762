import type { Action } from '../rules/rule.ts';

type Flip = Extract<Action, { kind: 'flip' }>['how'];

/** How rules want the content of one reply to be wrong. */
export interface Twist {
  /** What to add to a number named `field`: COUNT, STAT, LIST, OCTETS, or SIZE for any of the last three. */
  lie(field: 'COUNT' | 'STAT' | 'LIST' | 'OCTETS'): number;
  /** Identity faults, for the UIDL command. */
  readonly flips: readonly Flip[];
}

/** One reply, made when it is about to be written. */
export interface Reply {
  /** First line, without CRLF. */
  readonly line: string | ((twist: Twist) => string);
  /** The rest of a multi-line reply as it goes over the wire, `.` CRLF included. Only after +OK. */
  readonly body?: string | Buffer | ((twist: Twist) => string | Buffer);
  /** The connection ends after it. */
  readonly close?: boolean;
  /** Once the reply was written. */
  readonly afterwards?: () => void;
}

/** For replies that a rule has nothing to do with. */
export const straight: Twist = { lie: () => 0, flips: [] };
