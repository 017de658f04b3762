import type { FlagCursor } from '../store/flag-record.ts';
import type { FlagPace } from './flag-pace.ts';

/** What is known of a folder when its next reading is decided. */
export interface FlagLook {
  readonly numbering: string;
  /** HIGHESTMODSEQ now; undefined where the server keeps none. */
  readonly modseq: bigint | undefined;
  readonly nowMs: number;
}

/**
 * The reading of a folder's flags to go on with, or to begin; undefined while nothing can have changed, or nobody tells
 * and it is too early to ask. All is read where nothing is known yet, where MODSEQ went back (RFC 7162 3.1.2 forbids it)
 * or came and went, and again after a while; else what changed since.
 */
export function nextReading(
  cursor: FlagCursor | undefined,
  { numbering, modseq, nowMs }: FlagLook,
  pace: FlagPace,
): FlagCursor['reading'] {
  const all = { of: 'all', afterUid: 0, modseq } as const;
  if (cursor === undefined || cursor.numbering !== numbering) return all;
  const { reading } = cursor;
  if (reading?.of === 'all') return reading;
  if (nowMs >= cursor.allReadOn + (modseq === undefined ? pace.askAllMs : pace.checkAllMs)) return all;
  if (modseq === undefined) return cursor.modseq === undefined ? undefined : all;
  if (cursor.modseq === undefined || modseq < cursor.modseq) return all;
  if (reading !== undefined) return reading;
  return modseq === cursor.modseq ? undefined : { of: 'changes', afterUid: 0, modseq };
}
