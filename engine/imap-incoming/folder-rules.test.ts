// Policy: how to go on with a folder follows from two looks at it alone. UIDs are trusted only where nothing says that
// they were issued anew, and nothing is passed over on the strength of numbers that do not add up.
import { expect, it } from 'vitest';
import { type FolderLook, type FolderPast, folderWay } from './folder-rules.ts';

const look: FolderLook = { uidValidity: 7, uidNext: 11, messages: 10, modseq: 50n };
const past: FolderPast = { seen: look, settled: true };

it.each<[string, Partial<FolderLook>, Partial<FolderPast>, string]>([
  ['never looked at', {}, { seen: undefined }, 'compare'],
  ['as it was', {}, {}, 'quiet'],
  ['only flags changed', { modseq: 60n }, {}, 'quiet'],
  ['one more', { uidNext: 12, messages: 11 }, {}, 'compare'],
  ['one more, one gone', { uidNext: 12 }, {}, 'compare'],
  ['one gone', { messages: 9 }, {}, 'compare'],
  ['more messages and no more UIDs', { messages: 11 }, {}, 'compare'],
  ['something was left over', {}, { settled: false }, 'compare'],
  ['another UIDVALIDITY', { uidValidity: 8 }, {}, 'anew'],
  ['a lower UIDVALIDITY', { uidValidity: 6, uidNext: 12 }, {}, 'anew'],
  ['UIDNEXT went back', { uidNext: 10, messages: 9 }, {}, 'anew'],
  ['UIDNEXT went back after something was left over', { uidNext: 3 }, { settled: false }, 'anew'],
  ['MODSEQ went back', { uidNext: 12, messages: 11, modseq: 49n }, {}, 'anew'],
  ['MODSEQ is kept no more', { modseq: undefined }, {}, 'quiet'],
])('%s', (_name, now, before, way) => {
  expect(folderWay({ ...look, ...now }, { ...past, ...before })).toBe(way);
});
