import type { EndState } from '../run/end-state.ts';
import type { ExpectedTracking } from './expected-tracking.ts';

/**
 * Where what the engine keeps and what the server shows is not what was said last, a sentence each; `compared` is how
 * many messages were looked at. A message that never reached the store, and need not have, has nothing to be right or wrong.
 */
export function trackingDifferences(
  expected: ReadonlyMap<string, ExpectedTracking>,
  actual: EndState['tracked'],
): { readonly compared: number; readonly found: readonly string[] } {
  const found: string[] = [];
  let compared = 0;
  for (const [name, { tracked, regarding, undeliverable }] of expected) {
    const state = actual[name];
    if (state === undefined || (!state.stored && !undeliverable)) continue;
    compared += 1;
    if (undeliverable) {
      if (state.stored) found.push(`${name} was refused by a plug-in and is in the store`);
      else if (state.shows !== 'undeliverable' && state.shows !== 'gone')
        found.push(`${name} cannot be delivered, and its category shows ${state.shows}`);
      continue;
    }
    if (state.tracked !== tracked)
      found.push(
        `${name} is ${state.tracked ? 'tracked' : 'not tracked'}, and what was said last is the opposite`,
      );
    if (tracked && state.regarding !== regarding)
      found.push(`${name} is about ${state.regarding ?? 'nothing'} instead of ${regarding ?? 'nothing'}`);
    const shows = tracked ? 'tracked' : 'nothing';
    if (state.shows !== 'gone' && state.shows !== shows)
      found.push(`the category of ${name} shows ${state.shows} instead of ${shows}`);
  }
  return { compared, found };
}
