/** Policy: a page holds no more than it may, a filtered round no more than the provider tells, and every page ends. */
import { expect, test } from 'vitest';
import { changeWalk } from './change-walk.ts';
import { firstState, tellPage } from './delta-page.ts';
import type { DeltaSource } from './delta-source.ts';

const sourceOf = (count: number, shown: (id: string) => boolean = () => true): DeltaSource => ({
  seq: 1,
  everything: () => changeWalk(Array.from({ length: count }, (_, n) => ({ id: String(n), kind: 'created' }))),
  since: () => changeWalk([]),
  tell: ({ id }) => (shown(id) ? { id } : undefined),
  removed: (id) => ({ id }),
  bystander: () => undefined,
});
const options = (source: DeltaSource, pageSize: number, draw = 0) => ({
  source,
  pageSize,
  flips: [],
  draw: () => draw,
});

test('a filtered round tells as many as the provider lets it, and rests', () => {
  const source = sourceOf(20);
  const first = tellPage(firstState({ cap: 7 }, source), options(source, 5));
  expect([first.entries.length, first.next.kind]).toEqual([5, 'walking']);
  const second = tellPage(first.next, options(source, 5));
  expect([second.entries.length, second.next.kind]).toEqual([2, 'resting']);
});

test('a page looks at so many that it does not tell, and may be empty', () => {
  const source = sourceOf(12_000, (id) => id === '11999');
  const pages: number[] = [];
  let state = firstState({}, source);
  while (state.kind === 'walking' && pages.length < 9) {
    const { entries, next } = tellPage(state, options(source, 10));
    pages.push(entries.length);
    state = next;
  }
  expect(pages).toEqual([0, 0, 1]);
});

test('a last page that is just full is followed by an empty one, or by none', () => {
  const source = sourceOf(4);
  const ends = (draw: number): string => tellPage(firstState({}, source), options(source, 4, draw)).next.kind;
  expect([ends(0.2), ends(0.8)]).toEqual(['resting', 'walking']);
});

test('entries come in another order than they happened, unless an order was asked for', () => {
  const source = sourceOf(6);
  const ids = (newestFirst: boolean): string =>
    tellPage(firstState({ newestFirst }, source), options(source, 10, 0.7))
      .entries.map(({ id }) => id)
      .join('');
  expect(ids(true)).toBe('012345');
  expect(ids(false)).not.toBe('012345');
  expect([...ids(false)].sort().join('')).toBe('012345');
});
