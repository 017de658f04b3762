import type { EmailFlags } from '../records/email-flags.ts';

/** What is known of the flags of one stored item. */
export interface FlagRecord {
  readonly emailId: number;
  readonly itemId: string;
  /** What the record and the mailbox last agreed on; no flags until the mailbox was asked. */
  readonly agreed: EmailFlags;
  /** What the record says: as agreed, or as the application has set them since. */
  readonly own: EmailFlags;
  /** What was about to be written to the mailbox: it may have been written. */
  readonly offered: EmailFlags | undefined;
  /** The mailbox was asked for the flags since the item was stored. */
  readonly looked: boolean;
}

/** What was found out, or done, about the flags of one item. */
export interface FlagSettlement {
  readonly emailId: number;
  /** The record's flags that this was decided on: what the application has set since stays. */
  readonly saw: EmailFlags;
  readonly agreed: EmailFlags;
  readonly own: EmailFlags;
}

/** Flags that are about to be written to the mailbox. */
export interface FlagOffer {
  readonly emailId: number;
  readonly offered: EmailFlags;
}

/** How far the flags of one folder have been read. */
export interface FlagCursor {
  readonly folder: string;
  /** What the item ids of its messages begin with, up to the UID: another one, and it is read from the start. */
  readonly numbering: string;
  /** Every change up to it (HIGHESTMODSEQ, RFC 7162) is known; undefined where the server keeps none. */
  readonly modseq: bigint | undefined;
  /** The reading under way: where it goes on, and the state it leads to. Undefined between two. */
  readonly reading:
    | {
        /** `all`: every message is asked for; `changes`: what changed after `modseq`. */
        readonly of: 'all' | 'changes';
        readonly afterUid: number;
        readonly modseq: bigint | undefined;
      }
    | undefined;
  /** When a reading of all messages was begun last, ms since epoch. */
  readonly allReadOn: number;
  /** Flags that the folder keeps when they are written (PERMANENTFLAGS); all false in a folder opened read-only. */
  readonly keeps: EmailFlags;
}
