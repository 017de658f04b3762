import { type Mutant, overriding } from './mutant.ts';

export const deaf: Mutant = {
  name: 'deaf',
  bug: 'What a server tells in IDLE brings no cycle forward.',
  breaks: ['connections'],
  store: (store) => overriding(store, { bringForward: () => Promise.resolve() }),
};
