import { expect, it } from 'vitest';
import { categoryVerdict, rightCategories, trackedCategory, undeliverableCategory } from './categories.ts';

// Policy: the engine's own write is never taken for a person's, and a person's categories are left as they are.

it.each([
  // tracked, marked, the message has the category now
  [true, true, true, 'nothing'],
  [true, true, false, 'release'],
  [true, false, true, 'seen'],
  [true, false, false, 'nothing'],
  [false, false, false, 'nothing'],
  [false, false, true, 'track'],
  [false, true, false, 'seen'],
  [false, true, true, 'nothing'],
  [true, true, undefined, 'nothing'],
] as const)('tracked %s, marked %s, now %s: %s', (tracked, marked, has, verdict) => {
  expect(categoryVerdict({ tracked, marked }, has)).toBe(verdict);
});

it('changes only its own categories', () => {
  const present = ['Red', trackedCategory.toUpperCase(), 'Blue'];
  const mark = { tracked: false, undeliverable: false };
  expect(rightCategories(present, mark)).toEqual(['Red', 'Blue']);
  expect(rightCategories(present, { ...mark, tracked: true })).toEqual(['Red', 'Blue', trackedCategory]);
  expect(rightCategories(present, { ...mark, undeliverable: true })).toEqual([
    'Red',
    'Blue',
    undeliverableCategory,
  ]);
});
