import type { Mutant } from './mutant.ts';

export const oneQueueForAll: Mutant = {
  name: 'one-queue-for-all',
  bug: 'Mailboxes are worked on one after the other, so that a server that hangs holds up everybody.',
  breaks: ['INV-27'],
  settings: (settings) => ({ ...settings, maxConcurrentIncoming: 1, maxConcurrentOutgoing: 1 }),
};
