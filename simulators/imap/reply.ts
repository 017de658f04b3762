import type { Action } from '../rules/rule.ts';

type Flip = Extract<Action, { kind: 'flip' }>['how'];

/** Pieces of untagged data as they go over the wire: text of one character an octet, and literals as Buffers. */
export type Data = Iterable<string | Buffer>;

/** How rules want the content of one reply to be wrong. */
export interface Twist {
  /** What to add to a number named `field`: EXISTS, UIDNEXT, UIDVALIDITY, HIGHESTMODSEQ, SIZE, LITERAL, … */
  lie(field: string): number;
  /** What is wrong with an identity: UID, UIDNEXT, UIDVALIDITY, MODSEQ. */
  flips(field: string): readonly Flip[];
}

/** The answer to one command, made when it is about to be written. */
export interface Reply {
  /** `OK`, `NO` or `BAD` with a response code, if any, and a text; the tag is put before it. */
  readonly line: string;
  /** Untagged data, each piece of which ends where a line ends, inside a literal or inside a long list of numbers. */
  readonly data?: Data | ((twist: Twist) => Data);
  /** Said as it stands, without a tag: what a rule wants said. */
  readonly raw?: boolean;
  /** The connection ends after it. */
  readonly close?: boolean;
  /** Once the reply was written. */
  readonly afterwards?: () => void;
}

/** For replies that a rule has nothing to do with. */
const none: readonly Flip[] = [];
export const straight: Twist = { lie: () => 0, flips: () => none };
