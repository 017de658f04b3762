import type { Phase } from '../rule.ts';

export const everyPhase: readonly Phase[] = [
  'connect',
  'banner',
  'tls',
  'command',
  'reply',
  'body',
  'commit',
  'committed',
];

/** Phases at which a server holds an open connection it can speak on. */
export const talking: readonly Phase[] = ['banner', 'command', 'reply', 'body', 'commit', 'committed'];
