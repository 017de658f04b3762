import { expect, it } from 'vitest';
import type { FlagCursor } from '../store/flag-record.ts';
import { flagPace } from './flag-pace.ts';
import { nextReading } from './next-reading.ts';

// Policy: what is read of a folder's flags follows from its numbers alone; where they do not tell what changed, all is read.

const cursor: FlagCursor = {
  folder: 'INBOX',
  numbering: '7.',
  modseq: 50n,
  reading: undefined,
  allReadOn: 0,
  keeps: { seen: true, flagged: true, answered: true },
};
const all = (modseq: bigint | undefined) => ({ of: 'all', afterUid: 0, modseq });
const goesOn = { of: 'changes', afterUid: 9, modseq: 60n } as const;
const rest = { of: 'all', afterUid: 9, modseq: 60n } as const;
const { askAllMs, checkAllMs } = flagPace;

it.each<[string, Partial<FlagCursor> | undefined, object, object | undefined]>([
  ['nothing is known', undefined, {}, all(50n)],
  ['as it was', {}, {}, undefined],
  ['something changed', {}, { modseq: 51n }, { of: 'changes', afterUid: 0, modseq: 51n }],
  ['MODSEQ went back', {}, { modseq: 49n }, all(49n)],
  ['MODSEQ went back in a reading', { reading: goesOn }, { modseq: 49n }, all(49n)],
  ['another numbering', {}, { numbering: '8.' }, all(50n)],
  ['a reading goes on', { reading: goesOn }, { modseq: 70n }, goesOn],
  ['a reading of all goes on, however late', { reading: rest }, { nowMs: checkAllMs * 2 }, rest],
  ['MODSEQ is kept no more', {}, { modseq: undefined }, all(undefined)],
  ['MODSEQ is kept now', { modseq: undefined }, {}, all(50n)],
  [
    'nobody tells, and it is early',
    { modseq: undefined },
    { modseq: undefined, nowMs: askAllMs - 1 },
    undefined,
  ],
  ['nobody tells', { modseq: undefined }, { modseq: undefined, nowMs: askAllMs }, all(undefined)],
  ['not checked for long', {}, { nowMs: checkAllMs }, all(50n)],
])('%s', (_name, before, now, reading) => {
  const known = before && { ...cursor, ...before };
  const look = { numbering: '7.', modseq: 50n, nowMs: 1, ...now };
  expect(nextReading(known, look, flagPace)).toEqual(reading);
});
