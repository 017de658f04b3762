import type { Mutant } from './mutant.ts';

export const forgetLingering: Mutant = {
  name: 'forget-lingering',
  bug: 'A connection that ended in silence is taken for closed at once.',
  breaks: ['INV-16'],
  settings: (settings) => ({ ...settings, lingeringConnectionMs: 1 }),
};
